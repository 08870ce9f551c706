import type { Revocation, RevocationLog } from '@coffer/messaging';
import { CofferError, type Clock } from '@coffer/secrets';
import type { StateDatabase } from './state-database.js';

const PREFIX = 'revocation ';
const KINDS: readonly Revocation['kind'][] = ['session', 'token'];

/** Some 5 MB. */
export const MAX_KEPT_REVOCATIONS = 20_000;

const nameOf = ({ kind, id }: Pick<Revocation, 'kind' | 'id'>): string => `${PREFIX}${kind} ${id}`;

/** Those of the one process that holds a data folder, in its database, so that its next start knows them. */
export class KeptRevocations implements RevocationLog {
  readonly #expiries = new Map<string, number>();

  constructor(
    private readonly state: Pick<StateDatabase, 'get' | 'set' | 'names' | 'delete'>,
    private readonly clock: Pick<Clock, 'wall'>,
    private readonly max = MAX_KEPT_REVOCATIONS,
  ) {}

  /** Rejects with `unavailable` while there are too many that have not ended by themselves. */
  async publish(revocation: Revocation): Promise<void> {
    const { beganAtMs, expiresAtMs } = revocation;
    if (this.#expiries.size >= this.max) this.#prune();
    if (this.#expiries.size >= this.max) {
      throw new CofferError(
        'unavailable',
        `the data folder keeps ${this.max} sessions and tokens that were ended; it keeps others once some of them would have ended by themselves`,
      );
    }
    this.state.set(nameOf(revocation), JSON.stringify({ beganAtMs, expiresAtMs }));
    this.#expiries.set(nameOf(revocation), expiresAtMs);
  }

  async follow(listener: (revocation: Revocation) => void): Promise<void> {
    for (const kind of KINDS) {
      const prefix = nameOf({ kind, id: '' });
      for (const name of this.state.names(prefix)) {
        const kept = JSON.parse(this.state.get(name) ?? '{}') as Pick<Revocation, 'beganAtMs' | 'expiresAtMs'>;
        this.#expiries.set(name, kept.expiresAtMs);
        listener({ kind, id: name.slice(prefix.length), ...kept });
      }
    }
    this.#prune();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #prune(): void {
    const now = this.clock.wall();
    for (const [name, expiresAtMs] of this.#expiries) {
      if (expiresAtMs > now) continue;
      this.state.delete(name);
      this.#expiries.delete(name);
    }
  }
}
