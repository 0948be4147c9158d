// The permission matrix: rights down, roles across. Changes are gathered and saved per role, with the difference shown.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { PermissionItem, RoleItem, RoleList } from 'api/contract.ts';
import { App, Button, Checkbox } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageHeader } from 'ui/PageHeader.tsx';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { oneOf, useUrlState } from 'ui/url-state.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { ExportLimits } from './ExportLimits.tsx';
import { GovernanceModes } from './GovernanceModes.tsx';
import { grants, toggled } from './grants.ts';
import { Demands, NewRole } from './OwnRoles.tsx';
import { rolesQuery } from './queries.ts';

const tabs = ['roles', 'governance', 'exports'] as const;
const schema = { tab: oneOf<(typeof tabs)[number]>(tabs, 'roles') };

export default function Roles() {
  const { t } = useTranslation('org');
  const query = useQuery(rolesQuery);
  const mayWrite = useMay('role.write');
  const [adding, setAdding] = useState(false);
  const [{ tab }, change] = useUrlState(schema);
  return (
    <div className="page">
      <PageHeader title={t('roles.title')} sub={t('roles.sub')} actions={mayWrite && <Button onClick={() => setAdding(true)}>{t('roles.new')}</Button>} />
      <ViewTabs label={t('roles.tabs')} value={tab} options={tabs.map((value) => ({ value, label: t(`roles.tab.${value}`) }))} onChange={(next) => change({ tab: next })} />
      {tab === 'exports' ? <ExportLimits /> : tab === 'governance' ? <GovernanceModes /> : <Loaded query={query} rows={10}>{(data) => <Matrix data={data} />}</Loaded>}
      {adding && query.data && <NewRole roles={query.data.items} onClose={() => setAdding(false)} />}
    </div>
  );
}

function Matrix({ data }: { data: RoleList }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const mayWrite = useMay('role.write');
  const { message } = App.useApp();
  const client = useQueryClient();
  const [drafts, setDrafts] = useState<ReadonlyMap<string, string[]>>(new Map());
  const modules = useMemo(() => groupByNoun(data.permissions), [data.permissions]);
  const names = data.permissions.map((one) => one.name);
  const save = useMutation({
    mutationFn: async () => {
      for (const [id, permissions] of drafts) await body(api.PUT('/api/v1/roles/{id}', { params: { path: { id } }, body: { permissions } }));
    },
    onSuccess: () => {
      setDrafts(new Map());
      void message.success(t('roles.saved'));
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['roles'] }),
  });
  const patterns = (role: RoleItem): string[] => drafts.get(role.id) ?? role.permissions;
  const flip = (role: RoleItem, permission: string) =>
    setDrafts((before) => new Map(before).set(role.id, toggled(patterns(role), permission, names)));
  return (
    <>
      {drafts.size > 0 && (
        <div className="card row" style={{ padding: 12, marginBottom: 12 }}>
          <span className="grow">{t('roles.changed', { count: drafts.size })}</span>
          <Button onClick={() => setDrafts(new Map())}>{t('roles.discard')}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => save.mutate()}>{t('roles.save')}</Button>
        </div>
      )}
      {save.error && <ErrorBox error={save.error} />}
      <section className="card scroll-x">
        <table className="plain">
          <thead>
            <tr><th>{t('roles.permission')}</th>{data.items.map((role) => <th key={role.id} style={{ textAlign: 'center' }}>{format.pick(role.name_zh, role.name_en)}</th>)}</tr>
          </thead>
          <tbody>
            <Demands roles={data.items} />
            {modules.map((permissions) => permissions.map((permission, index) => (
              <tr key={permission.name}>
                <td style={index === 0 ? { paddingTop: 12 } : undefined}>{format.pick(permission.zh, permission.en)} <span className="mono dimmer">{permission.name}</span></td>
                {data.items.map((role) => {
                  const has = grants(patterns(role), permission.name);
                  const was = grants(role.permissions, permission.name);
                  return (
                    <td key={role.id} style={{ textAlign: 'center', background: has !== was ? 'var(--warn-ground)' : undefined }}>
                      <Checkbox checked={has} disabled={!mayWrite || role.permissions.includes('*')}
                        aria-label={t('roles.cell', { role: format.pick(role.name_zh, role.name_en), permission: format.pick(permission.zh, permission.en) })}
                        onChange={() => flip(role, permission.name)} />
                    </td>
                  );
                })}
              </tr>
            )))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function groupByNoun(permissions: PermissionItem[]): PermissionItem[][] {
  const groups = new Map<string, PermissionItem[]>();
  for (const permission of permissions) {
    const noun = permission.name.split('.')[0] ?? '';
    groups.set(noun, [...(groups.get(noun) ?? []), permission]);
  }
  return [...groups.values()];
}
