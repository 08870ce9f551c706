import { onBeforeUnmount, onMounted } from 'vue';

/** Without a touch of the page for so long nobody is taken to look at it: a session that is idle ends as elsewhere. */
const ATTENTION_MS = 300_000;
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

/**
 * Calls `refresh` every `intervalMs` while the page is seen and somebody has touched it within the last five minutes, and at
 * once when it is seen or touched again after that. One call at a time.
 */
export const useRefresh = (refresh: () => Promise<void>, intervalMs: number): void => {
  let touchedAtMs = performance.now();
  let refreshedAtMs = touchedAtMs;
  let isRefreshing = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  const refreshIfDue = async (): Promise<void> => {
    const now = performance.now();
    const isSeen = document.visibilityState === 'visible' && now - touchedAtMs < ATTENTION_MS;
    if (!isSeen || isRefreshing || now - refreshedAtMs < intervalMs) return;
    isRefreshing = true;
    await refresh();
    refreshedAtMs = performance.now();
    isRefreshing = false;
  };
  const onTouch = (): void => {
    const wasLeft = performance.now() - touchedAtMs >= ATTENTION_MS;
    touchedAtMs = performance.now();
    if (wasLeft) void refreshIfDue();
  };
  const onVisibility = (): void => void refreshIfDue();

  onMounted(() => {
    // A timer of a whole interval would be late by nearly one after a slow answer.
    timer = setInterval(() => void refreshIfDue(), Math.min(intervalMs, 1_000));
    document.addEventListener('visibilitychange', onVisibility);
    for (const type of TOUCHES) document.addEventListener(type, onTouch, { passive: true });
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', onVisibility);
    for (const type of TOUCHES) document.removeEventListener(type, onTouch);
  });
};
