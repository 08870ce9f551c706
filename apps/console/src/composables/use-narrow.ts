import { onBeforeUnmount, ref, type Ref } from 'vue';

/** Whether the window is at most that wide. */
export const useNarrow = (widthPx: number): Ref<boolean> => {
  const query = matchMedia(`(max-width: ${widthPx}px)`);
  const narrow = ref(query.matches);
  const listener = (): void => {
    narrow.value = query.matches;
  };
  query.addEventListener('change', listener);
  onBeforeUnmount(() => query.removeEventListener('change', listener));
  return narrow;
};
