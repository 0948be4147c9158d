// Ctrl K: pages, actions, definitions, orders and people. A dialog with a listbox of our own. What is typed may be a
// phone number: it is POSTed, and never stands in an address, a title or a cache key.
import { useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { Match } from 'api/contract.ts';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { isComposing } from 'ui/hooks.ts';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { usePreferences } from '../preferences.tsx';
import { metricsQuery } from '../queries.ts';
import { useMyPages } from './my-pages.ts';
import { useSignOut } from './sign-out.ts';
import { matches, objectAddress, orderNumber } from './matching.ts';

interface Choice { id: string; group: string; label: string; hint?: string; run: () => void }

function useFound(text: string, enabled: boolean): { people: Match[]; busy: boolean } {
  const [people, setPeople] = useState<Match[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    setPeople([]);
    if (!enabled || text.trim().length < 4) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      setBusy(true);
      body(api.POST('/api/v1/customers/search', { body: { text: text.trim() }, signal: stop.signal }))
        .then((found) => setPeople(found.items.slice(0, 8)))
        .catch(() => setPeople([]))
        .finally(() => setBusy(false));
    }, 250);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, enabled]);
  return { people, busy };
}

function useChoices(text: string, close: () => void): { choices: Choice[]; busy: boolean } {
  const { t } = useTranslation();
  const { permissions } = useViewer();
  const format = useFormat();
  const navigate = useNavigate();
  const { language, switchLanguage, mode, switchMode } = usePreferences();
  const signOut = useSignOut();
  const pages = useMyPages();
  const { data: dictionary } = useQuery({ ...metricsQuery, enabled: permissions.has('metric.read') });
  const { people, busy } = useFound(text, permissions.has('customer.read'));

  const choices = useMemo(() => {
    const go = (address: string) => () => {
      close();
      void navigate(address);
    };
    const wanted = text.trim();
    const found: Choice[] = [];
    const address = objectAddress(wanted);
    if (address) found.push({ id: 'object', group: t('palette.objects'), label: t('palette.openId', { id: wanted }), run: go(address) });
    for (const person of people) {
      const masks = person.identities.map((one) => one.masked).filter(Boolean).slice(0, 2).join(' · ');
      found.push({
        id: person.id, group: t('palette.people'), label: person.name_masked || t('palette.noName'), hint: masks,
        run: go(`/customers/${person.id}`),
      });
    }
    if (permissions.has('order.read') && orderNumber(wanted)) {
      found.push({
        id: 'order', group: t('palette.objects'), label: t('palette.order', { number: wanted }),
        run: go(`/orders?number=${encodeURIComponent(wanted)}`),
      });
    }
    for (const page of pages) {
      if (!matches(wanted, [t(`page.${page.key}`), page.key, t(`pinyin.${page.key}`)])) continue;
      found.push({ id: page.key, group: t('palette.pages'), label: t(`page.${page.key}`), hint: page.letter ? `g ${page.letter}` : undefined, run: go(page.path) });
    }
    for (const metric of wanted ? (dictionary?.items ?? []) : []) {
      if (!matches(wanted, [metric.id, metric.name_zh, metric.name_en])) continue;
      found.push({ id: metric.id, group: t('palette.definitions'), label: format.pick(metric.name_zh, metric.name_en), hint: metric.id, run: go(`/metric/${metric.id}`) });
    }
    const dark = mode === 'dark' ? 'light' : 'dark';
    const act = (run: () => void) => () => {
      close();
      run();
    };
    const actions: [string, string, () => void][] = [
      ['language', t('palette.language'), () => switchLanguage(language === 'zh-CN' ? 'en-US' : 'zh-CN')],
      ['theme', t(`theme.${dark}`), () => switchMode(dark)],
      ['signOut', t('me.signOut'), () => void signOut().catch(() => undefined)],
    ];
    for (const [id, label, run] of actions) {
      if (matches(wanted, [label, id])) found.push({ id, group: t('palette.actions'), label, run: act(run) });
    }
    return found;
  }, [text, people, pages, dictionary, permissions, t, format, navigate, close, language, switchLanguage, mode, switchMode, signOut]);
  return { choices, busy };
}

export default function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const { choices, busy } = useChoices(text, onClose);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const opener = useRef(document.activeElement);

  useEffect(() => {
    const back = opener.current;
    return () => {
      if (back instanceof HTMLElement) back.focus();
    };
  }, []);
  useEffect(() => setAt(0), [text]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const press = (event: React.KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === 'ArrowDown') setAt((before) => Math.min(before + 1, choices.length - 1));
    else if (event.key === 'ArrowUp') setAt((before) => Math.max(before - 1, 0));
    else if (event.key === 'Enter') choices[at]?.run();
    else if (event.key === 'Escape') onClose();
    else if (event.key !== 'Tab') return;
    event.preventDefault();
  };
  return (
    // The dimmed ground closes the dialog for a mouse; the keyboard has Esc.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <div className="palette-back" onClick={(event) => { if (event.target === event.currentTarget) onClose(); }}>
      <div className="palette" role="dialog" aria-modal="true" aria-label={t('search.open')}>
        <input autoFocus value={text} onChange={(event) => setText(event.target.value)} onKeyDown={press} maxLength={200}
          placeholder={t('palette.placeholder')} role="combobox" aria-expanded="true" aria-controls={id} autoComplete="off"
          aria-label={t('search.open')} aria-activedescendant={choices[at] ? `${id}-${at}` : undefined} spellCheck={false} />
        {choices.length === 0 ? <div className="none" role="status">{busy ? t('palette.busy') : t('palette.none')}</div> : (
          <div role="listbox" id={id} ref={list} aria-label={t('palette.results')}>
            {choices.map((choice, index) => (
              <div key={`${choice.group}/${choice.id}`} style={{ display: 'contents' }}>
                {choice.group !== choices[index - 1]?.group && <div role="presentation">{choice.group}</div>}
                {/* Focus stays in the field; arrows move the selection. */}
                {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus */}
                <div id={`${id}-${index}`} role="option" aria-selected={index === at} onClick={choice.run}
                  onMouseMove={() => setAt(index)}>
                  <span>{choice.label}</span>
                  {choice.hint && <span className="hint">{choice.hint}</span>}
                </div>
              </div>
            ))}
          </div>
        )}
        <div className="foot"><span><kbd>↑↓</kbd> {t('palette.move')}</span><span><kbd>Enter</kbd> {t('palette.pick')}</span><span><kbd>Esc</kbd> {t('palette.close')}</span></div>
      </div>
    </div>
  );
}
