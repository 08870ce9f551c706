import { onBeforeUnmount, reactive } from 'vue';
import { ApiError } from '../api/api-error.js';
import { readOperation } from '../api/secrets.js';
import { onLiveEvent } from '../stores/live.js';
import { session } from '../stores/session.js';

export type WriteStep = 'queued' | 'clearing' | 'applied';

export interface WriteState {
  /** `unknown`: nobody could say yet what became of it; it can be asked for again. */
  status: 'idle' | 'sending' | 'following' | 'applied' | 'failed' | 'unknown';
  /** Milliseconds after it was sent, of the steps that were seen. */
  steps: Partial<Record<WriteStep, number>>;
  error: unknown;
  operation: string | undefined;
}

const POLL_DELAYS_MS = [40, 80, 160, 300, 500];
const FOLLOW_TIMEOUT_MS = 60_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Follows a write to its end: queued when the gateway has it, clearing when its worker has begun, applied when it is in the
 * store and no cache has anything older. What the change stream tells counts at once; without it the operation is asked for.
 */
export const useWrite = () => {
  const idle = (): WriteState => ({ status: 'idle', steps: {}, error: undefined, operation: undefined });
  const state = reactive<WriteState>(idle());
  let began = 0;
  let place = '';
  let gone = false;

  const mark = (step: WriteStep): void => {
    state.steps[step] ??= Math.round(performance.now() - began);
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
    if (event.type === 'writing' && `${event.namespace}/${event.key}` === place) mark('clearing');
    if (event.operation !== undefined && event.operation === state.operation) succeed();
  });
  onBeforeUnmount(() => {
    gone = true;
    unsubscribe();
  });

  const follow = async (operation: string): Promise<void> => {
    Object.assign(state, { status: 'following', operation });
    const deadline = Date.now() + FOLLOW_TIMEOUT_MS;
    for (let tries = 0; state.status === 'following' && !gone && Date.now() < deadline; tries += 1) {
      await sleep(POLL_DELAYS_MS[Math.min(tries, POLL_DELAYS_MS.length - 1)] ?? 500);
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
