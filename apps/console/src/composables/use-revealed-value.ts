import { computed, onBeforeUnmount, onMounted, ref, shallowRef } from 'vue';
import { resolveSecret } from '../api/secrets.js';
import type { ResolvedSecret } from '../api/types.js';
import { session } from '../stores/session.js';

/** How long a value is shown. */
export const REVEAL_SECONDS = 30;

/**
 * A value that is in memory only while it is shown: for 30 seconds, until the window loses its focus, or until the component
 * goes. Each reveal asks the gateway, which records it.
 */
export const useRevealedValue = () => {
  const secret = shallowRef<ResolvedSecret>();
  const secondsLeft = ref(0);
  const busy = ref(false);
  let timer: ReturnType<typeof setInterval> | undefined;
  let asked = 0;

  const hide = (): void => {
    asked += 1;
    clearInterval(timer);
    secret.value = undefined;
    secondsLeft.value = 0;
  };

  const reveal = async (namespace: string, key: string): Promise<void> => {
    hide();
    const mine = asked;
    busy.value = true;
    try {
      const found = await resolveSecret(session.tenant, namespace, key);
      if (mine !== asked) return;
      secret.value = found;
      secondsLeft.value = REVEAL_SECONDS;
      timer = setInterval(() => {
        secondsLeft.value -= 1;
        if (secondsLeft.value <= 0) hide();
      }, 1_000);
    } finally {
      busy.value = false;
    }
  };

  const onHidden = (): void => {
    if (document.visibilityState === 'hidden') hide();
  };
  onMounted(() => {
    window.addEventListener('blur', hide);
    document.addEventListener('visibilitychange', onHidden);
  });
  onBeforeUnmount(() => {
    hide();
    window.removeEventListener('blur', hide);
    document.removeEventListener('visibilitychange', onHidden);
  });

  return { secret, secondsLeft, busy, reveal, hide, isShown: computed(() => secret.value !== undefined) };
};
