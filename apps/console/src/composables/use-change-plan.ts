import { computed, ref } from 'vue';
import { applyChanges, planChanges } from '../api/changes.js';
import type { Change, ChangePlan } from '../api/types.js';
import { withVersions } from '../imports/plan.js';
import { session } from '../stores/session.js';
import { useTask } from './use-task.js';

/** Changes that are planned, shown and then applied just as they were planned. */
export const useChangePlan = () => {
  const { busy, error, run } = useTask();
  const plan = ref<ChangePlan>();
  let changes: readonly Change[] = [];
  const applied = computed(() => plan.value?.dryRun === false);
  const writable = computed(
    () => plan.value?.items.filter(({ effect }) => !['refused', 'same'].includes(effect)).length ?? 0,
  );
  return {
    ...{ busy, error, plan, applied, writable },
    review: (wanted: () => readonly Change[]): Promise<void> =>
      run(async () => {
        changes = wanted();
        plan.value = await planChanges(session.tenant, changes);
      }),
    /** Resolves with whether it was applied. */
    apply: async (): Promise<boolean> => {
      const { value: planned } = plan;
      if (planned === undefined) return false;
      await run(async () => {
        const sent = withVersions(changes, planned).map(({ change }) => change);
        plan.value = await applyChanges(session.tenant, sent);
      });
      return applied.value;
    },
  };
};
