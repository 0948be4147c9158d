// The meaning of a number where it is used: dotted underline, card on hover and on focus.
import { Popover } from 'antd';
import type { ReactNode } from 'react';

export function Definition({ title, content, children }: { title: string; content: ReactNode; children: ReactNode }) {
  return (
    <Popover title={title} content={<div style={{ maxWidth: 340 }}>{content}</div>} trigger={['hover', 'focus', 'click']}
      mouseEnterDelay={0.2}>
      <button type="button" className="bare defined">{children}</button>
    </Popover>
  );
}
