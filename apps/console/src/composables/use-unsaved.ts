import { onBeforeUnmount, onMounted } from 'vue';
import { useRouter } from 'vue-router';
import { session } from '../stores/session.js';

/**
 * Keeps what was typed from being lost with a step back, a link or a reload while the component is there: a step within the
 * console is not taken and `ask` is called instead, before the page itself goes the browser asks. A session that has ended
 * takes everything with it.
 */
export const useUnsaved = (isLost: () => boolean, ask: () => void): void => {
  const router = useRouter();
  const isKept = (): boolean => session.status === 'in' && isLost();
  const end = router.beforeEach(() => {
    if (!isKept()) return true;
    ask();
    return false;
  });
  const onUnload = (event: BeforeUnloadEvent): void => {
    if (isKept()) event.preventDefault();
  };
  onMounted(() => addEventListener('beforeunload', onUnload));
  onBeforeUnmount(() => {
    end();
    removeEventListener('beforeunload', onUnload);
  });
};
