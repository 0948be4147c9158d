// What headquarters has locked of the page that is open, by which mode, and whom to ask.
import { LockOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { useFormat } from 'ui/viewer.tsx';
import { governanceQuery } from '../queries.ts';
import { pages } from '../routes.tsx';
import { useMe } from '../session.ts';

const nounOf = (permission: string) => permission.split('.')[0];

export default function LockedNote() {
  const { t } = useTranslation();
  const format = useFormat();
  const { locked } = useMe();
  const { pathname } = useLocation();
  const page = pages.find((one) => pathname === one.path || pathname.startsWith(`${one.path}/`));
  const noun = page && (page.key === 'settings' ? 'setting' : page.key === 'roles' ? 'role' : nounOf(page.permission));
  const here = locked.filter((one) => nounOf(one) === noun);
  const { data } = useQuery({ ...governanceQuery, enabled: here.length > 0 });
  if (here.length === 0 || !data) return null;
  const names = data.lockable.filter((one) => here.includes(one.permission)).map((one) => format.pick(one.name_zh, one.name_en));
  const holds = data.nodes.find((one) => one.mode);
  return (
    <p className="banner" role="note" style={{ margin: '0 0 12px' }}>
      <LockOutlined aria-hidden /> {t('locked.note', { names: names.join(t('locked.comma')) })}
      {holds?.mode && ` ${t('locked.why', { mode: t(`locked.mode.${holds.mode}`), name: holds.from })}`}
    </p>
  );
}
