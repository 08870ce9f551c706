import { Coordinator, type CoordinatorEvent } from '@coffer/coherence';
import type { SharedCache } from '@coffer/cache';
import { SecretPath } from '@coffer/secrets';
import type { Context } from './context.js';
import type { Host } from './host.js';

const TICK_INTERVAL_MS = 50;
const LOOK_INTERVAL_MS = 250;
const RECLAIM_DELAY_MS = 2_500;

/** A coordinator of the one shard. */
export class CoordinatorProcess {
  readonly #coordinator: Coordinator;
  #claims = 0;

  constructor(
    private readonly context: Context,
    readonly host: Host,
    private readonly shared: SharedCache,
    /** Whether the group says that it is this one's. */
    private readonly isAssigned: () => boolean,
  ) {
    const { timing, rules, log, redis } = context;
    this.#coordinator = new Coordinator({ timing, alone: false, leases: true, clears: true }, rules);
    log.tail(host, (entry) => this.#handle({ type: 'log', entry }));
    redis.subscribe(host, (heartbeat) => this.#handle({ type: 'heartbeat', heartbeat }));
    host.every(TICK_INTERVAL_MS, () => {
      if (this.#coordinator.busy) this.#handle({ type: 'tick' });
    });
    host.every(LOOK_INTERVAL_MS, () => {
      if (this.#coordinator.suspects(host.now))
        log.reachEnd(host, () => this.#handle({ type: 'caught-up', claim: this.#nextClaim() }));
    });
  }

  /** The group gives it the shard. */
  assigned(): void {
    this.#handle({ type: 'start', claim: this.#nextClaim(), patient: this.context.random.chance(0.5) });
  }

  /** Another one will have it. Without this it goes on until the log tells it. */
  leave(): void {
    this.#handle({ type: 'leave' });
  }

  #nextClaim(): string {
    return `${this.host.name}-${this.#claims++}`;
  }

  #handle(event: CoordinatorEvent): void {
    const { log } = this.context;
    for (const effect of this.#coordinator.handle(event, this.host.now)) {
      switch (effect.type) {
        case 'append':
          log.append(this.host, effect.record);
          break;
        case 'clear': {
          const { path, prepareOffset } = effect;
          const done = (): void => this.#handle({ type: 'clear-done', prepareOffset });
          void this.shared.invalidate(SecretPath.parse(path)).then(done);
          break;
        }
        case 'silent':
          break;
        case 'stopped':
          this.host.after(RECLAIM_DELAY_MS, () => {
            if (this.isAssigned() && !this.#coordinator.active) this.assigned();
          });
      }
    }
  }
}
