import type { ReactNode } from 'react';
import type { Tone } from './tokens.ts';

export function Tag({ tone = 'neutral', title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return <span className={`tag ${tone}`} title={title}>{children}</span>;
}
