// The pages somebody was on, newest last: addresses with their query, so that coming back gives the same view. At most
// eight; they live as long as the browser's tab.
import { details, pages, type PageKey } from '../routes.tsx';

export interface RecentTab { path: string; search: string; of: PageKey; id: string }
const most = 8;

export function tabOf(path: string, search: string): RecentTab | undefined {
  const page = pages.find((one) => one.path === path);
  if (page) return { path, search, of: page.key, id: '' };
  const [, head = '', id = '', more] = path.split('/');
  const detail = more === undefined && id ? details.find((one) => one.path === `/${head}/:id`) : undefined;
  return detail ? { path, search, of: detail.of, id: decodeURIComponent(id) } : undefined;
}

// The tab of the page one is on keeps its place and takes the newest query.
export function visited(tabs: RecentTab[], now: RecentTab): RecentTab[] {
  const at = tabs.findIndex((one) => one.path === now.path);
  if (at >= 0) return tabs.map((one, index) => (index === at ? now : one));
  return [...tabs, now].slice(-most);
}
