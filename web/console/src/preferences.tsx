// Language, theme and width, and everything of Ant Design and dayjs that follows from them.
import { ConfigProvider } from 'antd';
import zhCN from 'antd/locale/zh_CN';
import type { Locale } from 'antd/es/locale';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { setApiLanguage } from 'api/client.ts';
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from 'ui/format.ts';
import { useMedia, usePhone } from 'ui/hooks.ts';
import { setLanguage } from 'ui/i18n.ts';
import { recall, remember } from 'ui/local.ts';
import { themeOf } from 'ui/theme.ts';
import { applyTokens, type Mode } from 'ui/tokens.ts';

interface Preferences {
  language: Language;
  switchLanguage: (language: Language) => void;
  mode: Mode;
  switchMode: (mode: Mode) => void;
  phone: boolean;
}

const Context = createContext<Preferences | undefined>(undefined);

export function usePreferences(): Preferences {
  const found = use(Context);
  if (!found) throw new Error('usePreferences outside its provider');
  return found;
}

async function loadLocale(language: Language): Promise<Locale> {
  if (language === 'zh-CN') {
    dayjs.locale('zh-cn');
    return zhCN;
  }
  // The British one: its week starts on Monday, as everywhere in the product.
  const [english] = await Promise.all([import('antd/locale/en_GB'), import('dayjs/locale/en-gb')]);
  dayjs.locale('en-gb');
  return english.default;
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const language = i18n.language as Language;
  const phone = usePhone();
  const dark = useMedia('(prefers-color-scheme: dark)');
  const [chosen, setChosen] = useState<Mode | undefined>(() => recall('theme') as Mode | undefined);
  const mode: Mode = chosen ?? (dark ? 'dark' : 'light');
  const [locale, setLocale] = useState<Locale>(zhCN);

  useEffect(() => applyTokens(mode, document.documentElement), [mode]);
  useEffect(() => {
    setApiLanguage(language);
    void loadLocale(language).then(setLocale);
  }, [language]);

  const value = useMemo<Preferences>(
    () => ({
      language,
      switchLanguage: (next) => void setLanguage(next),
      mode,
      switchMode: (next) => {
        remember('theme', next);
        setChosen(next);
      },
      phone,
    }),
    [language, mode, phone],
  );
  return (
    <Context value={value}>
      <ConfigProvider theme={themeOf(mode, phone)} locale={locale} button={{ autoInsertSpace: false }}>
        {children}
      </ConfigProvider>
    </Context>
  );
}
