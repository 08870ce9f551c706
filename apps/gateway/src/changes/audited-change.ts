import type { ChangeItem } from './schemas.js';

/** Under which action a change of each kind is recorded: those of the same change alone. */
export const ACTIONS = {
  put: 'secret.write',
  patch: 'secret.update',
  tag: 'secret.update',
  copy: 'secret.write',
  move: 'secret.write',
  delete: 'secret.delete',
} as const satisfies Record<ChangeItem['action'], string>;
