import { setTimeout as pause } from 'node:timers/promises';
import { until, type Api } from '../harness/index.js';

/** As many as reach all partitions. */
export const WARM_UP_KEYS = Array.from({ length: 24 }, (_, number) => `K${number}`);
/** Before a write that was not taken is repeated. */
const RETRY_DELAY_MS = 250;
/** Bounds a failure only. */
const TIMEOUT_MS = 180_000;

/** Whether the write was applied, be it after its answer was due: how long it takes is for measurements to say. */
const applied = async (gateway: Api, key: string): Promise<boolean> => {
  const answer = await gateway.put('warm.up', { key, value: '-' });
  if (answer.status === 200) return true;
  if (answer.status === 504) {
    const { operation = '' } = answer.json<{ operation?: string }>();
    const state = await until(
      `the operation ${operation} ends`,
      async () => {
        const { state: now } = (await gateway.operation(operation)).json<{ state?: string }>();
        return now !== 'pending' && String(now);
      },
      TIMEOUT_MS,
    );
    if (state === 'applied') return true;
  }
  await pause(RETRY_DELAY_MS);
  return false;
};

/** Resolves once every partition has an owner and a coordinator, and every gateway hears of it. */
export const writesGoThrough = async (gateways: readonly Api[]): Promise<void> => {
  for (const [number, gateway] of gateways.entries()) {
    await Promise.all(
      WARM_UP_KEYS.map((key) =>
        until(`a write of ${key} goes through gateway ${number}`, () => applied(gateway, key), TIMEOUT_MS),
      ),
    );
  }
};
