// Words. Chinese is in the bundle, English is fetched when asked for. A wrong key does not compile (see i18n-types.ts
// of the app). Ant Design, dayjs and <html lang> follow the same language.
import { createInstance } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from './format.ts';
import zh from './locales/zh-CN.json';
import { recall, remember } from './local.ts';

const i18n = createInstance();

export type Words = Record<string, Record<string, unknown>>;

let loadEnglish: () => Promise<Words> = () => Promise.resolve({});

export function firstLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang');
  const wanted = asked ?? recall('language') ?? 'zh-CN';
  return wanted.startsWith('en') ? 'en-US' : 'zh-CN';
}

export async function startI18n(chinese: Words, english: () => Promise<Words>, language: Language): Promise<void> {
  loadEnglish = async () => ({ ...(await english()), ui: (await import('./locales/en-US.json')).default });
  const resources: Record<string, Words> = { 'zh-CN': { ...chinese, ui: zh } };
  if (language === 'en-US') resources['en-US'] = await loadEnglish();
  await i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'zh-CN',
    defaultNS: 'shell',
    resources,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

// Chinese words that come with a page; English has them all.
export function addChinese(words: Words): void {
  for (const [name, of] of Object.entries(words)) i18n.addResourceBundle('zh-CN', name, of);
}

export async function setLanguage(language: Language): Promise<void> {
  if (language === 'en-US' && !i18n.hasResourceBundle('en-US', 'ui')) {
    for (const [name, words] of Object.entries(await loadEnglish())) i18n.addResourceBundle('en-US', name, words);
  }
  remember('language', language);
  document.documentElement.lang = language;
  await i18n.changeLanguage(language);
}
