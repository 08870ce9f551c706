import { createRequire } from 'node:module';

interface RequestQueue {
  pending: unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

let resting = false;

/**
 * A connection of kafkajs 2.2.4 sets itself a timer of a negative time while no request waits, again and again; Node
 * warns of that (`TimeoutNegativeWarning`). libs/messaging/src/kafka/idle-request-queue.ts says more; tools run before
 * anything is built.
 */
export function restWhileIdle() {
  if (resting) return;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue;
  };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
  resting = true;
}
