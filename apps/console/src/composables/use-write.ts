import { onBeforeUnmount, reactive } from 'vue';
import { ApiError } from '../api/api-error.js';
import { readOperation } from '../api/secrets.js';
import { onLiveEvent, type LiveEvent } from '../stores/live.js';
import { session } from '../stores/session.js';

/** In their order. */
export const WRITE_STEPS = ['queued', 'cleared', 'stored', 'applied'] as const;
export type WriteStep = (typeof WRITE_STEPS)[number];

/** Which step an event says to be done. */
const STEP_OF: Partial<Record<LiveEvent['type'], WriteStep>> = {
  ...{ writing: 'queued', cleared: 'cleared', change: 'stored', delete: 'stored' },
};

export interface WriteState {
  /** `unknown`: nobody could say yet what became of it; it can be asked for again. */
  status: 'idle' | 'sending' | 'following' | 'applied' | 'failed' | 'unknown';
  /** Milliseconds after it was sent when this page knew, at the latest, that a step was done. */
  steps: Partial<Record<WriteStep, number>>;
  error: unknown;
  operation: string | undefined;
}

const POLL_DELAYS_MS = [40, 80, 160, 300, 500];
const FOLLOW_TIMEOUT_MS = 60_000;

/**
 * Follows a write to its end: queued when the gateway has it, cleared when no cache serves what was before, stored when the
 * log says that the store has it, applied when its gateway answers for it: every later read, anywhere, finds it. Without the
 * stream of changes the operation alone tells.
 */
export const useWrite = () => {
  const idle = (): WriteState => ({ status: 'idle', steps: {}, error: undefined, operation: undefined });
  const state = reactive<WriteState>(idle());
  let began = 0;
  let place = '';
  let gone = false;
  const early = new Map<string, WriteStep>();
  let askNow = (): void => undefined;

  /** A step that is done says that those before it are. */
  const mark = (step: WriteStep): void => {
    const ms = Math.round(performance.now() - began);
    for (const each of WRITE_STEPS.slice(0, WRITE_STEPS.indexOf(step) + 1)) state.steps[each] ??= ms;
  };

  const see = (step: WriteStep): void => {
    mark(step);
    if (step === 'stored') askNow();
  };

  const succeed = (): void => {
    if (state.status !== 'following') return;
    mark('applied');
    state.status = 'applied';
  };

  const fail = (error: unknown): void => {
    state.status = 'failed';
    state.error = error;
  };

  const unsubscribe = onLiveEvent((event) => {
    if (event.operation === undefined || `${event.namespace}/${event.key}` !== place) return;
    const step = STEP_OF[event.type];
    if (step === undefined) return;
    // It may come before the answer that names the operation.
    if (state.status === 'sending') early.set(event.operation, step);
    if (state.status === 'following' && event.operation === state.operation) see(step);
  });
  onBeforeUnmount(() => {
    gone = true;
    unsubscribe();
  });

  /** Ends sooner when the store has it. */
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      askNow = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const follow = async (operation: string): Promise<void> => {
    Object.assign(state, { status: 'following', operation });
    const seen = early.get(operation);
    if (seen !== undefined) see(seen);
    const deadlineMs = performance.now() + FOLLOW_TIMEOUT_MS;
    for (let tries = 0; state.status === 'following' && !gone && performance.now() < deadlineMs; tries += 1) {
      if (tries > 0 || state.steps.stored === undefined)
        await pause(POLL_DELAYS_MS[Math.min(tries, POLL_DELAYS_MS.length - 1)] ?? 500);
      try {
        const { state: outcome, code } = await readOperation(session.tenant, operation);
        if (outcome === 'applied') succeed();
        if (outcome === 'failed') fail(new ApiError({ code: code ?? 'internal', status: 1, title: code ?? '' }));
      } catch (error) {
        if (error instanceof ApiError && error.status >= 400 && error.status < 500) fail(error);
      }
    }
    if (state.status === 'following') state.status = 'unknown';
  };

  return {
    state,
    reset: (): void => void Object.assign(state, idle()),
    /** `send` resolves with the operation's id. Resolves with whether the write took effect. */
    run: async (secret: { namespace: string; key: string }, send: () => Promise<string>): Promise<boolean> => {
      Object.assign(state, idle(), { status: 'sending' });
      began = performance.now();
      early.clear();
      place = `${secret.namespace}/${secret.key}`;
      try {
        const operation = await send();
        mark('queued');
        await follow(operation);
      } catch (error) {
        if (error instanceof ApiError && error.status === 504 && error.operation !== undefined) {
          mark('queued');
          await follow(error.operation);
        } else {
          fail(error);
        }
      }
      return state.status === 'applied';
    },
    /** Asks once more what became of it. */
    again: async (): Promise<boolean> => {
      if (state.operation !== undefined) await follow(state.operation);
      return state.status === 'applied';
    },
  };
};
