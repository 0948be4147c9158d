// An import that ended while one looked at it can be taken back at once from where it says so. A large one asks for its
// number first, which the page's own button does.
import { api, body } from 'api/client.ts';
import type { ImportItem } from 'api/contract.ts';
import { useEffect, useRef } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { askFrom } from './state.ts';

export function useOfferTakeBack(item: ImportItem): void {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const mayRun = useMay('import.run');
  const client = useQueryClient();
  const offerUndo = useUndo();
  const before = useRef(item.state);
  useEffect(() => {
    const ended = before.current === 'running' && item.state === 'done';
    before.current = item.state;
    const rows = item.counts.fresh + item.counts.updated;
    if (!ended || !mayRun || rows === 0 || rows >= askFrom) return;
    offerUndo(t('takeBack.ended', { count: rows, shown: format.exact(rows) }), async () => {
      await body(api.POST('/api/v1/imports/{id}/take-back', { params: { path: { id: item.id } } }));
      await client.invalidateQueries({ queryKey: ['import', item.id] });
    });
  }, [item, mayRun, offerUndo, t, format, client]);
}
