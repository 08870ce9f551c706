import { onMounted, ref, shallowRef } from 'vue';

/**
 * What a page reads when it is mounted, and again by `load`: the latest answer, and why there is none where the latest
 * reading failed. Of several readings under way the last one begun counts.
 */
export const useLoaded = <T>(read: () => Promise<T>) => {
  const data = shallowRef<T>();
  const error = ref<unknown>();
  let begun = 0;
  /** Never rejects: what goes wrong is in `error`. */
  const load = async (): Promise<void> => {
    const mine = (begun += 1);
    try {
      const found = await read();
      if (mine === begun) [data.value, error.value] = [found, undefined];
    } catch (thrown) {
      if (mine === begun) error.value = thrown;
    }
  };
  onMounted(load);
  return { data, error, load };
};
