import type { JobState } from 'api/contract.ts';

export const isLive = (state: JobState): boolean => state === 'queued' || state === 'running' || state === 'cancelling';
