import { MoonOutlined, SunOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../preferences.tsx';

export function LanguageSwitch() {
  const { t } = useTranslation();
  const { language, switchLanguage } = usePreferences();
  return (
    <span className="language" role="group" aria-label={t('language.label')}>
      <button type="button" aria-pressed={language === 'zh-CN'} onClick={() => switchLanguage('zh-CN')}>{t('language.zh')}</button>
      <button type="button" aria-pressed={language === 'en-US'} onClick={() => switchLanguage('en-US')}>EN</button>
    </span>
  );
}

export function ThemeSwitch() {
  const { t } = useTranslation();
  const { mode, switchMode } = usePreferences();
  const next = mode === 'dark' ? 'light' : 'dark';
  return (
    <button type="button" className="icon-button" aria-label={t(`theme.${next}`)} title={t(`theme.${next}`)}
      onClick={() => switchMode(next)}>
      {mode === 'dark' ? <SunOutlined /> : <MoonOutlined />}
    </button>
  );
}
