import { computed, onBeforeUnmount, reactive, ref } from 'vue';
import { hasCode } from '../api/api-error.js';
import { planChanges } from '../api/changes.js';
import { patchSecret, putSecret, resolveSecret, type Expected } from '../api/secrets.js';
import type { ChangeResult, SecretRow, Tag } from '../api/types.js';
import type { SecretPlace } from '../router/secret-address.js';
import { onLiveEvent } from '../stores/live.js';
import { session } from '../stores/session.js';
import { useProblem } from './use-problem.js';
import { useTask } from './use-task.js';
import { useWrite } from './use-write.js';

export type EditStage = 'loading' | 'edit' | 'review' | 'saving' | 'conflict';

export interface SecretDraft {
  namespace: string;
  key: string;
  value: string;
  description: string;
  tags: Tag[];
  /** The value stays as it is. */
  metadataOnly: boolean;
}

interface KnownValue {
  value: string;
  version: string;
}

const NOTHING: KnownValue = { value: '', version: '' };

/**
 * A secret that is made, or changed where there is a row: from what is typed to the end of its write. What somebody else saves
 * meanwhile is never overwritten unseen.
 */
export const useSecretEdit = (row: SecretRow | undefined, namespace: string, saved: (place: SecretPlace) => void) => {
  const problemOf = useProblem();
  const write = useWrite();
  const { busy, error, run } = useTask();
  const isNew = row === undefined;

  const stage = ref<EditStage>(isNew ? 'edit' : 'loading');
  const draft = reactive<SecretDraft>({
    ...{ namespace: row?.namespace ?? namespace, key: row?.key ?? '', value: '', metadataOnly: false },
    ...{ description: row?.description ?? '', tags: (row?.tags ?? []).map((tag) => ({ ...tag })) },
  });
  const base = ref<KnownValue>(NOTHING);
  const theirs = ref<KnownValue>();
  const planned = ref<ChangeResult>();
  /** What somebody else has done with it since it was opened. */
  const meanwhile = ref<'changed' | 'deleted'>();
  /** Nothing is in place, though lists have it. */
  const isGone = ref(false);

  const valueChanged = computed(() => isNew || (!draft.metadataOnly && draft.value !== base.value.value));
  /** Without lines that were added and left empty. */
  const tags = computed(() => draft.tags.filter(({ key, value }) => key !== '' || value !== ''));
  const metaChanged = computed(
    () =>
      draft.description !== (row?.description ?? '') || JSON.stringify(tags.value) !== JSON.stringify(row?.tags ?? []),
  );

  /** Whether something would be lost with what is typed. */
  const isTyped = computed(() => {
    const { key, value, description } = draft;
    return isNew
      ? key !== '' || value !== '' || description !== '' || tags.value.length > 0
      : valueChanged.value || metaChanged.value;
  });

  const load = async (from: SecretRow): Promise<void> => {
    try {
      const { value, version } = await resolveSecret(session.tenant, from.namespace, from.key);
      draft.value = value;
      base.value = { value, version };
    } catch (thrown) {
      // Gone from its store: it is written anew, where nobody has done so meanwhile.
      if (hasCode(thrown, 'not-found')) {
        isGone.value = true;
        stage.value = 'edit';
        return;
      }
      if (!hasCode(thrown, 'forbidden')) error.value = problemOf(thrown);
      // Who may write and not read changes what is said of the secret, or replaces the value unseen.
      draft.metadataOnly = true;
      base.value = { value: '', version: from.version ?? '' };
    }
    stage.value = 'edit';
  };
  if (row !== undefined) void load(row);

  const unsubscribe = onLiveEvent((event) => {
    if (row === undefined || stage.value === 'saving') return;
    if (event.namespace !== row.namespace || event.key !== row.key) return;
    if (event.type === 'delete') meanwhile.value = 'deleted';
    else if (event.type === 'change' && event.version !== base.value.version) meanwhile.value = 'changed';
  });

  const forget = (): void => {
    draft.value = '';
    base.value = NOTHING;
    theirs.value = undefined;
  };
  onBeforeUnmount(() => {
    unsubscribe();
    forget();
  });

  const review = (): Promise<void> =>
    run(async () => {
      draft.tags = tags.value;
      const { namespace: of, key, value, description, tags: reviewed, metadataOnly } = draft;
      const said = { namespace: of, key, description, tags: reviewed };
      const { items } = await planChanges(session.tenant, [
        metadataOnly ? { action: 'patch', ...said } : { action: 'put', ...said, value },
      ]);
      planned.value = items[0];
      stage.value = 'review';
    });

  /** What is in place now. Where that cannot be found out, a secret that was read before is not overwritten unseen. */
  const showConflict = (): Promise<void> =>
    run(async () => {
      theirs.value = undefined;
      isGone.value = false;
      try {
        const { value, version } = await resolveSecret(session.tenant, draft.namespace, draft.key);
        theirs.value = { value, version };
      } catch (thrown) {
        isGone.value = hasCode(thrown, 'not-found');
        if (!isGone.value && !hasCode(thrown, 'forbidden')) {
          stage.value = 'edit';
          throw thrown;
        }
      }
      stage.value = 'conflict';
    });

  const conditionOfDraft = (): Expected => {
    if (isNew || isGone.value) return 'absent';
    return base.value.version === '' ? 'anything' : { version: base.value.version };
  };

  const save = async (condition: Expected = conditionOfDraft()): Promise<void> => {
    const { namespace: of, key, value, description, tags: reviewed, metadataOnly } = draft;
    const { tenant } = session;
    stage.value = 'saving';
    const applied = await write.run({ namespace: of, key }, () =>
      metadataOnly
        ? patchSecret(tenant, of, key, { description, tags: reviewed }, condition)
        : putSecret(tenant, of, { key, value, description, tags: reviewed }, condition),
    );
    if (applied) saved({ namespace: of, key });
    else if (hasCode(write.state.error, 'precondition-failed')) await showConflict();
  };

  return {
    ...{ isNew, isGone, stage, draft, base, theirs, planned, meanwhile, valueChanged, metaChanged, isTyped },
    ...{ busy, error, write, forget, review, save, showConflict },
    takeTheirs: (): void => {
      if (theirs.value === undefined) return;
      draft.value = theirs.value.value;
      base.value = theirs.value;
      meanwhile.value = undefined;
      stage.value = 'edit';
    },
    keepMine: (): Promise<void> => {
      if (theirs.value !== undefined) return save({ version: theirs.value.version });
      return save(isGone.value ? 'absent' : 'anything');
    },
  };
};
