import type { CustomerView } from 'api/contract.ts';
import { useState } from 'react';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { Reveal } from 'ui/Reveal.tsx';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { Detach } from './Detach.tsx';
import { revealField } from './reveal.ts';
import { useSourceName } from './source.ts';

interface Props { customer: CustomerView; onShown: (shown: boolean) => void }

export function Identities({ customer, onShown }: Props) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const { phone } = useViewer();
  const mayReveal = useMay('customer.reveal');
  const mayMerge = useMay('customer.merge');
  const sourceName = useSourceName();
  const [severing, setSevering] = useState<number>();
  return (
    <section className="card scroll-x">
      <table className="plain">
        <thead>
          <tr>
            <th>{t('identity.kind')}</th><th>{t('identity.value')}</th>
            {!phone && <><th>{t('identity.customer')}</th><th>{t('identity.source')}</th></>}
            <th>{t('identity.first')}</th>{mayMerge && <ActionsHead />}
          </tr>
        </thead>
        <tbody>
          {customer.identities.map((one) => {
            const { field } = one;
            const kind = t(`kind.${one.kind}`);
            return (
              <tr key={one.number}>
                <td>{kind}</td>
                <td>
                  {field && mayReveal
                    ? <Reveal masked={one.masked} label={kind} onShown={onShown} reveal={(reason) => revealField(customer.id, field, reason)} />
                    : one.masked || <span className="dimmer">{t('identity.hashed')}</span>}
                </td>
                {!phone && <><td><CopyId id={one.customer} /></td><td>{sourceName(one.source)}</td></>}
                <td style={{ whiteSpace: 'nowrap' }}>{phone ? format.day(one.first_seen_at) : format.dateTime(one.first_seen_at)}</td>
                {mayMerge && <td><Button size="small" onClick={() => setSevering(one.number)}>{t('detach.button')}</Button></td>}
              </tr>
            );
          })}
        </tbody>
      </table>
      {severing !== undefined && <Detach number={severing} onClose={() => setSevering(undefined)} />}
    </section>
  );
}
