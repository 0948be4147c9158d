import { describe, expect, test } from 'vitest';
import * as format from './format.ts';

const zh = (value: number) => format.count(value, 'zh-CN');
const tight = (value: number) => format.count(value, 'zh-CN', true);

describe('counts', () => {
  test.each([
    [0, '0'], [12_840, '12,840'], [999_999, '999,999'], [1_000_000, '100.0万'], [3_846_000, '384.6万'],
    [9_999_499, '999.9万'], [9_999_500, '1,000万'], [38_460_000, '3,846万'], [99_600_000, '9,960万'], [99_994_999, '9,999万'],
    [99_995_000, '1.00亿'], [99_999_999, '1.00亿'], [100_000_000, '1.00亿'], [345_000_000, '3.45亿'], [-3_846_000, '−384.6万'],
  ])('%d is %s', (value, text) => expect(zh(value)).toBe(text));

  test.each([[9_999, '9,999'], [10_000, '1万'], [12_840, '1.3万'], [99_950, '10万'], [450_000, '45万']])(
    'tight: %d is %s', (value, text) => expect(tight(value)).toBe(text));

  test.each([[12_840, '12.8K'], [999_950, '1M'], [1_234_567, '1.2M'], [999_950_000, '1B'], [9_999, '9,999']])(
    'English, tight: %d is %s', (value, text) => expect(format.count(value, 'en-US', true)).toBe(text));

  test('missing is a dash, zero is zero', () => {
    expect(format.count(undefined, 'zh-CN')).toBe('–');
    expect(format.count(null, 'zh-CN')).toBe('–');
    expect(format.count(Number.NaN, 'zh-CN')).toBe('–');
    expect(format.exact(0)).toBe('0');
    expect(format.exact(-0.001, 1)).toBe('0.0');
  });

  test('a larger count never prints a smaller number of the same unit', () => {
    let last = 0;
    for (let value = 1_000_000; value < 300_000_000; value += 1_234_567) {
      const text = zh(value);
      const size = Number(text.replaceAll(/[^\d.]/g, '')) * (text.endsWith('亿') ? 1e8 : 1e4);
      expect(size).toBeGreaterThanOrEqual(last);
      expect(Math.abs(size - value) / value).toBeLessThan(0.006);
      last = size;
    }
  });
});

describe('money', () => {
  test.each([
    [19_900, 'CNY', '¥199.00'], [0, 'GBP', '£0.00'], [-195, 'GBP', '−£1.95'], [123_456, 'JPY', '¥123,456'], [100, 'XYZ', 'XYZ 1.00'],
  ])('%d %s is %s', (minor, currency, text) => expect(format.money(minor, currency)).toBe(text));

  test.each([
    [384_600_000, '¥384.6万'], [48_397, '¥483.97'], [293_289, '¥2,933'], [99_999_900, '¥999,999'], [100_000_000, '¥100.0万'],
  ])('on a card %d is %s', (minor, text) => expect(format.moneyShort(minor, 'CNY', 'zh-CN')).toBe(text));

  test('English prints the narrow symbol', () => expect(format.moneyShort(384_600_000, 'CNY', 'en-US')).toBe('¥3.8M'));
});

describe('change', () => {
  test('of a rate is in points, never per cent of per cent', () => {
    expect(format.change(0.618, 0.604, true)).toEqual({ direction: 'up', text: '+1.4', points: true });
    expect(format.change(0.5, 0.6, true)).toEqual({ direction: 'down', text: '−10.0', points: true });
  });
  test('of an amount is in per cent', () => {
    expect(format.change(117.7, 100, false)).toEqual({ direction: 'up', text: '+17.7', points: false });
    expect(format.change(50, -100, false)).toEqual({ direction: 'up', text: '+150.0', points: false });
  });
  test('too small to see is no change', () => expect(format.change(100.01, 100, false)?.direction).toBe('same'));
  test('nothing to compare with', () => {
    expect(format.change(1, 0, false)).toBeUndefined();
    expect(format.change(1, undefined, false)).toBeUndefined();
    expect(format.change(null, 1, true)).toBeUndefined();
  });
});

test('bytes', () => {
  expect(format.bytes(512)).toBe('512 B');
  expect(format.bytes(46_766_489)).toBe('44.6 MB');
});
