// What jsdom lacks and every test needs: media queries, observers, our words in Chinese.
import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeAll, vi } from 'vitest';
import { startI18n } from 'ui/i18n.ts';
import { allChinese, english } from '../console/src/locales/words.ts';

vi.stubGlobal('matchMedia', (query: string) => ({
  matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined,
  addListener: () => undefined, removeListener: () => undefined, dispatchEvent: () => false, onchange: null,
}));
vi.stubGlobal('ResizeObserver', class {
  observe() {}
  unobserve() {}
  disconnect() {}
});

// A second is not enough on a machine that compiles beside.
configure({ asyncUtilTimeout: 10_000 });
beforeAll(async () => startI18n(await allChinese(), english, 'zh-CN'));
afterEach(cleanup);
