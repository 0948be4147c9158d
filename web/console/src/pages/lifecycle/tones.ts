import type { Tone } from 'ui/tokens.ts';
import type { StageKind } from './ask.ts';

export const toneOf: Record<StageKind, Tone> = {
  public: 'neutral', fan: 'neutral', new: 'progress', growing: 'progress', mature: 'active', declining: 'warn', lost: 'danger', won_back: 'active', other: 'neutral',
};
