import type { ImportState } from 'api/contract.ts';

export const isWorking = (state: ImportState): boolean => state === 'checking' || state === 'running' || state === 'taking_back';

export const steps = ['file', 'columns', 'check', 'confirm', 'result'] as const;
export type Step = (typeof steps)[number];

// Where the wizard stands by itself. `confirming`: the person pressed on after the check. A failed work goes back to
// the columns: that is what can be changed.
export function stepOf(state: ImportState, confirming: boolean): Step {
  switch (state) {
    case 'uploaded': case 'failed': return 'columns';
    case 'checking': return 'check';
    case 'checked': return confirming ? 'confirm' : 'check';
    case 'running': case 'done': case 'taking_back': case 'taken_back': return 'result';
  }
}

// From so many rows on a take-back asks for the number.
export const askFrom = 1000;
