// What pages need beyond the shell: messages and confirmations of Ant Design. Fetched with the first page.
import { App } from 'antd';
import type { ReactNode } from 'react';

export function PageFrame({ children }: { children: ReactNode }) {
  return <App component={false}>{children}</App>;
}
