import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Logo } from 'ui/Logo.tsx';
import { LanguageSwitch, ThemeSwitch } from '../../shell/switches.tsx';

// The page around a form when there is no shell yet.
export function Frame({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · Tilth`;
  }, [title]);
  return (
    <main className="sign-in">
      <div className="top"><LanguageSwitch /><ThemeSwitch /></div>
      <div className="card panel">
        <div className="row tight dim" style={{ marginBottom: 16 }}><Logo size={32} />{t('brand.name')}</div>
        <h1 className="title">{title}</h1>
        {text && <p className="dim" style={{ marginBottom: 16 }}>{text}</p>}
        {children}
      </div>
    </main>
  );
}
