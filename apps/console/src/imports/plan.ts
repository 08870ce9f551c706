import type { Change, ChangePlan } from '../api/types.js';

/** A change, and its place among those that were planned. */
export interface PlacedChange {
  at: number;
  change: Change;
}

/**
 * The changes to apply after a plan was looked at: those that it refused or found to be there already are left out, and the
 * others count only while what they meet is as the plan saw it. `skip` says which others to leave out.
 */
export const withVersions = (
  changes: readonly Change[],
  plan: ChangePlan,
  skip: (index: number) => boolean = () => false,
): PlacedChange[] =>
  changes.flatMap((change, at): PlacedChange[] => {
    const item = plan.items[at];
    if (item === undefined || item.effect === 'refused' || item.effect === 'same' || skip(at)) return [];
    if (item.version !== undefined) return [{ at, change: { ...change, ifMatch: item.version } }];
    const mayCreate = change.action === 'put' || change.action === 'copy' || change.action === 'move';
    return [{ at, change: item.effect === 'create' && mayCreate ? { ...change, ifNoneMatch: '*' } : change }];
  });
