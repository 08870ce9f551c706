import { ref } from 'vue';
import { useProblem } from './use-problem.js';

/** One task of a page at a time: whether it is under way, and in words why the last one failed. */
export const useTask = () => {
  const problemOf = useProblem();
  const busy = ref(false);
  const error = ref('');
  /** Never rejects: what goes wrong is in `error`. */
  const run = async (task: () => Promise<void>): Promise<void> => {
    busy.value = true;
    error.value = '';
    try {
      await task();
    } catch (thrown) {
      error.value = problemOf(thrown);
    } finally {
      busy.value = false;
    }
  };
  return { busy, error, run };
};
