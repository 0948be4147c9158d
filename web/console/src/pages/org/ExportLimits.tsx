// What each role may take out, and how many customers somebody looks at before it is an alarm. Saved per field, with a way back.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { ExportApproval, ExportLimitItem } from 'api/contract.ts';
import { Button, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat } from 'ui/viewer.tsx';

type Limit = Pick<ExportLimitItem, 'people' | 'files_a_day' | 'approval' | 'pages_an_hour'>;
type NumberField = 'people' | 'files_a_day' | 'pages_an_hour';
const approvals: ExportApproval[] = ['over_limit', 'always', 'refused'];
const fields: { key: NumberField; word: 'people' | 'files' | 'pages'; max: number }[] = [
  { key: 'people', word: 'people', max: 50_000 }, { key: 'files_a_day', word: 'files', max: 1000 }, { key: 'pages_an_hour', word: 'pages', max: 10_000 },
];

export function ExportLimits() {
  const { t } = useTranslation('org');
  const format = useFormat();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const query = useQuery({ queryKey: ['export-limits'], queryFn: ({ signal }) => body(api.GET('/api/v1/export-limits', { signal })) });
  const put = (role: string, { people, files_a_day, approval, pages_an_hour }: Limit) =>
    body(api.PUT('/api/v1/export-limits/{role}', { params: { path: { role } }, body: { people, files_a_day, approval, pages_an_hour } }));
  const reset = (role: string) => body(api.DELETE('/api/v1/export-limits/{role}', { params: { path: { role } } }));
  const save = useMutation({
    // Without a change: back to the default.
    mutationFn: ({ item, change }: { item: ExportLimitItem; change?: Partial<Limit> }): Promise<unknown> => (change ? put(item.role, { ...item, ...change }) : reset(item.role)),
    onSuccess: (_, { item }) => offerUndo(t('exports.saved', { role: format.pick(item.name_zh, item.name_en) }), async () => {
      await (item.is_default ? reset(item.role) : put(item.role, item));
      await client.invalidateQueries({ queryKey: ['export-limits'] });
    }),
    onSettled: () => client.invalidateQueries({ queryKey: ['export-limits'] }),
  });
  const change = (item: ExportLimitItem, key: NumberField, max: number, typed: string) => {
    const value = Math.min(max, Math.max(0, Math.round(Number(typed.replaceAll(/[^\d.]/g, '') || item[key]))));
    if (value !== item[key]) save.mutate({ item, change: { [key]: value } });
  };
  return (
    <Card title={t('exports.title')} flush>
      <p className="small dim" style={{ padding: '0 16px', margin: '0 0 8px' }}>{t('exports.text')}</p>
      {save.error && <ErrorBox error={save.error} />}
      <Loaded query={query} rows={7}>
        {({ items, may_change: may }) => (
          <div className="scroll-x">
            <table className="plain">
              <thead><tr><th>{t('exports.role')}</th>{fields.slice(0, 2).map(({ word }) => <th key={word}>{t(`exports.${word}`)}</th>)}<th>{t('exports.approval')}</th><th title={t('exports.pagesOff')}>{t('exports.pages')}</th><th aria-label={t('exports.reset')} /></tr></thead>
              <tbody>
                {items.map((item) => {
                  const role = format.pick(item.name_zh, item.name_en);
                  const number = ({ key, word, max }: (typeof fields)[number]) => (
                    <td key={key}>
                      <InputNumber key={item[key]} aria-label={t('exports.of', { role, field: t(`exports.${word}`) })} min={0} max={max} precision={0} defaultValue={item[key]} disabled={!may || save.isPending} style={{ width: 110 }}
                        onBlur={(event) => change(item, key, max, event.target.value)} onPressEnter={(event) => event.currentTarget.blur()} />
                    </td>
                  );
                  return (
                    <tr key={item.role}>
                      <td style={{ whiteSpace: 'nowrap' }}>{role} {item.files_a_day === 0 && <Tag>{t('exports.closed')}</Tag>}{!item.is_default && <Tag tone="progress">{t('exports.changed')}</Tag>}</td>
                      {fields.slice(0, 2).map(number)}
                      <td>
                        <Select aria-label={t('exports.of', { role, field: t('exports.approval') })} value={item.approval} disabled={!may || save.isPending} style={{ width: 170 }}
                          options={approvals.map((value) => ({ value, label: t(`exports.${value}`) }))} onChange={(approval) => save.mutate({ item, change: { approval } })} />
                      </td>
                      {fields.slice(2).map(number)}
                      <td>{may && !item.is_default && <Button size="small" onClick={() => save.mutate({ item })}>{t('exports.reset')}</Button>}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Card>
  );
}
