import { ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { SecretRow } from '../api/types.js';
import { kestraReference } from '../router/secret-address.js';
import { may } from '../stores/session.js';
import { notify } from './notify.js';
import { useCopy } from './use-copy.js';
import { useProblem } from './use-problem.js';
import { useRevealedValue } from './use-revealed-value.js';
import type { RowAction } from './use-table-keys.js';

/** What can be done with one row of the table of secrets, where its caller may and its store can. */
export const useRowActions = (start: { edit: (row: SecretRow) => void; remove: (row: SecretRow) => void }) => {
  const { t } = useI18n();
  const copy = useCopy();
  const problemOf = useProblem();
  const peek = useRevealedValue();
  /** Whether the key that shows a value is held down. */
  const held = ref(false);

  const reveal = async ({ namespace, key }: SecretRow): Promise<void> => {
    held.value = true;
    await peek.reveal(namespace, key);
    if (!held.value) peek.hide();
  };
  const hide = (): void => {
    held.value = false;
    peek.hide();
  };
  const copyValue = async ({ namespace, key }: SecretRow): Promise<void> => {
    await peek.reveal(namespace, key);
    const value = peek.secret.value?.value;
    peek.hide();
    if (value !== undefined) await copy(value, t('copy.value'));
  };
  const canChange = (permission: 'write' | 'delete', { namespace, store }: SecretRow): boolean =>
    may(permission, namespace) && !store.readOnly;

  const actions: Readonly<Record<RowAction, (row: SecretRow) => void | Promise<void>>> = {
    reference: ({ key }) => copy(kestraReference(key), t('copy.reference')),
    value: copyValue,
    edit: (row) => {
      if (canChange('write', row)) start.edit(row);
    },
    delete: (row) => {
      if (canChange('delete', row)) start.remove(row);
    },
    reveal,
    hide,
  };
  const act = async (action: RowAction, row: SecretRow): Promise<void> => {
    try {
      await actions[action](row);
    } catch (thrown) {
      notify.failure(problemOf(thrown));
    }
  };
  return { act, held, peek };
};
