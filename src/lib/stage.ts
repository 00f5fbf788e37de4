/** The stages a pod passes on its way: every trace entry belongs to one. */
export const STAGES = [
  'sync',
  'admit',
  'mount',
  'sandbox',
  'pull',
  'create',
  'start',
  'probe',
  'hook',
  'kill',
  'gc',
  'evict',
  'status',
  'heartbeat',
] as const;
export type Stage = (typeof STAGES)[number];
