// The bar under chosen people: how many, how many of them can be reached, and what may be done.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from 'ui/viewer.tsx';
import { AudienceActions } from '../../people/AudienceActions.tsx';
import { reach } from './ask.ts';

export function ChosenBar({ chosen, onClear, children }: { chosen: string[]; onClear: () => void; children?: ReactNode }) {
  const { t } = useTranslation('audience');
  const { t: word } = useTranslation('models');
  const format = useFormat();
  const reached = useQuery({ queryKey: ['audience', 'reach', chosen], queryFn: ({ signal }) => reach({ customers: chosen }, signal), placeholderData: keepPreviousData });
  return (
    <div className="people-bar no-print" role="region" aria-label={t('chosen')}>
      <span className="strong">{t('people', { count: chosen.length, shown: format.exact(chosen.length) })}</span>
      {reached.data && (
        <span className="small dim" data-testid="reach">
          {reached.data.reachable.map((one) => word('reach', { channel: format.pick(one.zh, one.en), people: format.exact(one.people) })).join(' · ')}
        </span>
      )}
      <Button type="link" size="small" onClick={onClear}>{t('clear')}</Button>
      <span className="row tight" style={{ marginLeft: 'auto' }}>
        <AudienceActions customers={chosen} onDone={onClear} />
        {children}
      </span>
    </div>
  );
}
