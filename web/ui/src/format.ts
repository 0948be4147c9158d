// How numbers are written: the only place. Pure functions of the value and the language; missing is an en dash, zero is 0.
export type Language = 'zh-CN' | 'en-US';
export const missing = '–';

const separated = (value: number, decimals: number): string => {
  const [whole = '0', part] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const text = part === undefined ? grouped : `${grouped}.${part}`;
  const isZero = Number(text.replaceAll(',', '')) === 0;
  return value < 0 && !isZero ? `−${text}` : text;
};

export function exact(value: number | null | undefined, decimals = 0): string {
  return value === null || value === undefined || !Number.isFinite(value) ? missing : separated(value, decimals);
}

interface Step { unit: string; size: number; decimals: number }

const steps: Record<Language, Step[]> = {
  'zh-CN': [
    { unit: '\u4ebf', size: 1e8, decimals: 2 },
    { unit: '\u4e07', size: 1e4, decimals: 1 },
  ],
  'en-US': [
    { unit: 'B', size: 1e9, decimals: 2 },
    { unit: 'M', size: 1e6, decimals: 1 },
    { unit: 'K', size: 1e3, decimals: 1 },
  ],
};

// Rounds first, then chooses the unit: 99,999,999 is 1.00 of the larger unit, not 10,000 of the smaller one. From a
// thousand of a unit on, a decimal says nothing more.
function shorten(value: number, language: Language, tight: boolean): string {
  const units = steps[language];
  const print = (scaled: number, step: Step, decimals: number) => {
    const text = separated(scaled, decimals);
    return `${tight && decimals > 0 ? text.replace(/\.0+$/, '') : text}${step.unit}`;
  };
  for (const [index, step] of units.entries()) {
    if (Math.abs(value) < step.size) continue;
    const scaled = value / step.size;
    const decimals = index > 0 && Number(Math.abs(scaled).toFixed(step.decimals)) >= 1000 ? 0 : step.decimals;
    const larger = units[index - 1];
    const full = Number(Math.abs(scaled).toFixed(decimals)) * step.size;
    if (larger && full >= larger.size) return print((Math.sign(value) * full) / larger.size, larger, larger.decimals);
    return print(scaled, step, decimals);
  }
  return separated(value, 0);
}

// Where shortening begins: counts and money on cards stay exact below a million (English: ten thousand); axes, heat
// cells and phones are `tight`.
const shortFrom = { 'zh-CN': { normal: 1e6, tight: 1e4 }, 'en-US': { normal: 1e6, tight: 1e4 } } as const;

export function count(value: number | null | undefined, language: Language, tight = false): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return missing;
  const rounded = Math.round(value);
  const from = shortFrom[language][tight ? 'tight' : 'normal'];
  return Math.abs(rounded) < from ? separated(rounded, 0) : shorten(rounded, language, tight);
}

const minorDigits: Record<string, number> = { JPY: 0, KRW: 0, VND: 0, BHD: 3, KWD: 3 };
export function digitsOf(currency: string): number {
  return minorDigits[currency] ?? 2;
}

// The narrow symbol in every language: ¥ and not CN¥.
const symbols: Record<string, string> = { CNY: '¥', JPY: '¥', GBP: '£', EUR: '€', USD: '$', HKD: 'HK$', TWD: 'NT$' };
export function symbolOf(currency: string): string {
  return symbols[currency] ?? `${currency} `;
}

const signed = (text: string, symbol: string): string =>
  text.startsWith('−') ? `−${symbol}${text.slice(1)}` : `${symbol}${text}`;

// From minor units, with all decimals: tables, titles.
export function money(minor: number | null | undefined, currency: string): string {
  if (minor === null || minor === undefined || !Number.isFinite(minor)) return missing;
  const digits = digitsOf(currency);
  return signed(separated(minor / 10 ** digits, digits), symbolOf(currency));
}

// For cards and axes: short above the same bounds as counts; small amounts keep their decimals.
export function moneyShort(minor: number | null | undefined, currency: string, language: Language, tight = false): string {
  if (minor === null || minor === undefined || !Number.isFinite(minor)) return missing;
  const digits = digitsOf(currency);
  const major = minor / 10 ** digits;
  const from = shortFrom[language][tight ? 'tight' : 'normal'];
  if (Math.abs(Math.round(major)) >= from) return signed(shorten(major, language, tight), symbolOf(currency));
  const whole = Math.abs(major) >= 1000 || (tight && Number.isInteger(major));
  return signed(separated(major, whole ? 0 : digits), symbolOf(currency));
}

export function ratio(value: number | null | undefined, decimals = 1): string {
  return value === null || value === undefined || !Number.isFinite(value) ? missing : `${separated(value * 100, decimals)}%`;
}

// A plain decimal (orders per customer), two places.
export function decimal(value: number | null | undefined, decimals = 2): string {
  return value === null || value === undefined || !Number.isFinite(value) ? missing : separated(value, decimals);
}

export interface Change { direction: 'up' | 'down' | 'same'; text: string; points: boolean }

// Against an earlier value: of a rate in percentage points, of all else in per cent. Undefined when there is nothing to
// compare with.
export function change(now: number | null | undefined, before: number | null | undefined, isRatio: boolean): Change | undefined {
  if (now === null || now === undefined || before === null || before === undefined) return undefined;
  if (!isRatio && before === 0) return undefined;
  const difference = isRatio ? (now - before) * 100 : ((now - before) / Math.abs(before)) * 100;
  const text = separated(difference, 1);
  const zero = Number(Math.abs(difference).toFixed(1)) === 0;
  if (zero) return { direction: 'same', text: '0.0', points: isRatio };
  return { direction: difference > 0 ? 'up' : 'down', text: difference > 0 ? `+${text}` : text, points: isRatio };
}

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return missing;
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${separated(size, unit === 0 || size >= 100 ? 0 : 1)} ${units[unit]}`;
}
