import { ref, watch, type Ref } from 'vue';
import type { SecretRow } from '../api/types.js';
import type { SecretRows } from './use-secret-rows.js';

export interface TableFocus {
  scroller: Ref<HTMLElement | undefined>;
  rows: SecretRows;
  /** Changes with the rows that are in the document. */
  inView: Ref<unknown>;
  scrollTo: (index: number) => void;
}

/**
 * The one row of a virtualised table that has the focus, or that Tab leads to. It is followed wherever the list has it next, and
 * while it is not in the document the table as a whole has its focus, so that keys do what they say with the row.
 */
export const useTableFocus = ({ scroller, rows, inView, scrollTo }: TableFocus) => {
  const active = ref(0);
  /** The active row, once it is known. */
  let followed: SecretRow | undefined;

  const moveTo = (index: number): void => {
    active.value = Math.max(0, Math.min(index, rows.total.value - 1));
    followed = rows.rowAt(active.value);
  };
  const keyOf = (index: number): HTMLElement | null | undefined =>
    scroller.value?.querySelector<HTMLElement>(`tr:not(.ghost)[data-index="${index}"] .key`);
  const focus = (index: number): void => {
    moveTo(index);
    scrollTo(active.value);
    (keyOf(active.value) ?? scroller.value)?.focus({ preventScroll: true });
  };

  /** The index of the row that has the focus; -1 where the table as a whole has it, `undefined` where it is elsewhere. */
  const focusedIndex = (): number | undefined => {
    const focused = document.activeElement;
    if (focused === null || scroller.value?.contains(focused) !== true) return undefined;
    if (focused === scroller.value) return -1;
    const index = focused.closest<HTMLElement>('tr')?.dataset['index'];
    return index === undefined ? undefined : Number(index);
  };

  watch([rows.pages, rows.total], () => {
    const row = rows.rowAt(active.value);
    followed ??= row;
    const isThere = followed === undefined || (row?.key === followed.key && row.namespace === followed.namespace);
    const index = isThere ? -1 : rows.pages.value.indexOf(followed as SecretRow);
    active.value = Math.max(0, Math.min(index < 0 ? active.value : index, rows.total.value - 1));
  });

  // Elements are filled with other rows, hidden and taken away, and the focus in them with them: before that happens it is
  // noted, and given back afterwards.
  let had = false;
  watch([inView, rows.pages], () => {
    had = focusedIndex() !== undefined;
  });
  watch(
    [inView, rows.pages],
    () => {
      const key = keyOf(active.value);
      if (had && (key == null || focusedIndex() !== active.value))
        (key ?? scroller.value)?.focus({ preventScroll: true });
    },
    { flush: 'post' },
  );

  return {
    active,
    focus,
    moveTo,
    /** Another list: the first row is the active one. */
    forget: (): void => {
      active.value = 0;
      followed = undefined;
    },
  };
};
