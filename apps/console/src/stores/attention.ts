/** Without a touch of the page for so long nobody is taken to look at it: a session that is idle ends as elsewhere. */
export const ATTENTION_MS = 300_000;
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

let touchedAtMs = performance.now();
const listeners = new Set<() => void>();
for (const type of TOUCHES) {
  document.addEventListener(
    type,
    () => {
      const wasLeft = !hasAttention();
      touchedAtMs = performance.now();
      if (wasLeft) for (const listener of [...listeners]) listener();
    },
    { passive: true, capture: true },
  );
}

/** Whether somebody has touched the page within the last five minutes. */
export const hasAttention = (): boolean => performance.now() - touchedAtMs < ATTENTION_MS;

/** Calls the listener when somebody comes back to a page that was left. Returns what ends that. */
export const onReturn = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Calls it now, or once somebody comes back to the page. */
export const afterTouch = (call: () => void): void => {
  if (hasAttention()) return call();
  const end = onReturn(() => {
    end();
    call();
  });
};
