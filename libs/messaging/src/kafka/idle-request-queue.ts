import { createRequire } from 'node:module';

/** What is used here of the client's queue of requests, one for each connection to a broker. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

let resting = false;

/**
 * Makes connections of kafkajs rest while no request waits; to be called before the first one is made, any number of
 * times. Without it each connection sets itself a timer of a negative number of milliseconds, which Node warns of
 * (`TimeoutNegativeWarning`) and takes for 1, and sets it again when it fires, for ever: a process that does nothing
 * wakes a thousand times a second. Requests that wait, for room or because the broker throttles, are looked at as before.
 * Throws where the client is not the one that this was written for (2.2.4).
 */
export const restWhileIdle = (): void => {
  if (resting) return;
  const { prototype } = createRequire(__filename)('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const schedule: unknown = Reflect.get(prototype, 'scheduleCheckPendingRequests');
  if (typeof schedule !== 'function') {
    throw new Error('kafkajs queues its requests in another way than expected: see idle-request-queue.ts');
  }
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
  resting = true;
};
