import { onBeforeUnmount, onMounted } from 'vue';
import { hasAttention, onReturn } from '../stores/attention.js';

/**
 * Calls `refresh` every `intervalMs` while the page is seen and somebody has touched it within the last five minutes, and at
 * once when it is seen or touched again after that. One call at a time.
 */
export const useRefresh = (refresh: () => Promise<void>, intervalMs: number): void => {
  let refreshedAtMs = performance.now();
  let isRefreshing = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  const refreshIfDue = async (): Promise<void> => {
    const now = performance.now();
    const isSeen = document.visibilityState === 'visible' && hasAttention();
    if (!isSeen || isRefreshing || now - refreshedAtMs < intervalMs) return;
    isRefreshing = true;
    await refresh();
    refreshedAtMs = performance.now();
    isRefreshing = false;
  };
  const onSeen = (): void => void refreshIfDue();
  const unsubscribe = onReturn(onSeen);

  onMounted(() => {
    // A timer of a whole interval would be late by nearly one after a slow answer.
    timer = setInterval(onSeen, Math.min(intervalMs, 1_000));
    document.addEventListener('visibilitychange', onSeen);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', onSeen);
    unsubscribe();
  });
};
