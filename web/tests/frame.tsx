// Pages stand inside Ant Design set up as in the console.
import { App, ConfigProvider } from 'antd';
import type { ReactNode } from 'react';

export function Frame({ children }: { children: ReactNode }) {
  return <ConfigProvider button={{ autoInsertSpace: false }} theme={{ token: { motion: false } }}><App>{children}</App></ConfigProvider>;
}
