import type { SecretPath } from '@coffer/secrets';
import type { ExternalNames } from './external-names.js';
import { failure } from './errors.js';
import { labelsOf, nameOf, type Labels } from './layout.js';
import type { VaultClient, VaultSecret } from './client.js';

/** A secret of the path that can be read. */
export interface Live {
  readonly secret: VaultSecret;
  readonly labels: Labels;
}

/** Where a write of the path goes, and what is there. */
export interface Location {
  readonly name: string;
  /** `tombstone`: one that was not deleted yet, or was brought back. */
  readonly state: 'live' | 'tombstone' | 'deleted' | 'absent';
  readonly live?: Live;
  /** The highest that the vault knows of the path; 0 where it knows none. */
  readonly fence: bigint;
  /** Puts and deletes of the secret so far; 0 where the vault knows of none. */
  readonly revision: number;
}

type Deletion = Pick<Location, 'fence' | 'revision'>;

const NOTHING: Deletion = { fence: 0n, revision: 0 };

/** What is left of a path under a name; a version that was made outside has no fence. */
const leftBy = ({ fence, revision }: Labels): Deletion => ({ fence: fence ?? 0n, revision });

/** Names whose deletion is remembered. */
const REMEMBERED = 10_000;

/** Finds a path's secret: under Coffer's own name for it, else by its tags under any other. */
export class SecretLocator {
  /** While a deletion is under way the vault shows neither the secret nor its tombstone. */
  readonly #deleted = new Map<string, Deletion>();

  constructor(
    private readonly client: VaultClient,
    private readonly externals: ExternalNames,
    private readonly prefix: string,
  ) {}

  /** Throws `conflict` where two secrets have the identity. */
  async live(path: SecretPath, signal: AbortSignal): Promise<Live | undefined> {
    const own = await this.#labelled(nameOf(this.prefix, path), signal);
    return this.#only(path, this.#isOf(path, own) && !own.labels.tombstone ? own : undefined, signal);
  }

  /** That this process has deleted the name. */
  rememberDeletion(name: string, deletion: Deletion): void {
    this.#deleted.delete(name);
    this.#deleted.set(name, deletion);
    const [oldest] = this.#deleted.keys();
    if (this.#deleted.size > REMEMBERED && oldest !== undefined) this.#deleted.delete(oldest);
  }

  /** Throws `conflict` where two secrets have the identity, or the name is another secret's. */
  async find(path: SecretPath, signal: AbortSignal): Promise<Location> {
    const name = nameOf(this.prefix, path);
    const own = await this.#labelled(name, signal);
    if (own !== undefined && own.labels.identified && !this.#isOf(path, own)) {
      throw failure('conflict', `the name ${name} is taken by a secret whose tags name another one`);
    }
    const isTombstone = own?.labels.tombstone === true;
    const live = await this.#only(path, this.#isOf(path, own) && !isTombstone ? own : undefined, signal, true);
    const deleted = own === undefined ? await this.client.getDeleted(name, signal) : undefined;
    const stored = deleted === undefined ? own?.labels : labelsOf(this.prefix, deleted.tags);
    const left = stored === undefined ? (this.#deleted.get(name) ?? NOTHING) : leftBy(stored);
    if (live !== undefined) {
      const { fence, revision } = leftBy(live.labels);
      const highest = { fence: fence > left.fence ? fence : left.fence, revision: Math.max(revision, left.revision) };
      return { name: live.secret.name, state: 'live', live, ...highest };
    }
    if (deleted !== undefined) return { name, state: 'deleted', ...left };
    return { name, state: isTombstone ? 'tombstone' : 'absent', ...left };
  }

  /** The one live secret of the identity, our own if there is one. */
  async #only(path: SecretPath, own: Live | undefined, signal: AbortSignal, making = false): Promise<Live | undefined> {
    const names = own === undefined ? await this.externals.find(path, signal, making) : this.externals.known(path);
    const others = await Promise.all(names.map((name) => this.#labelled(name, signal)));
    const all = [own, ...others].filter((one) => this.#isOf(path, one) && !one.labels.tombstone) as Live[];
    if (all.length > 1) {
      const both = all.map(({ secret }) => secret.name).join(', ');
      throw failure('conflict', `several secrets have the tags of this one; delete or retag all but one of: ${both}`);
    }
    return all[0];
  }

  async #labelled(name: string, signal: AbortSignal): Promise<Live | undefined> {
    const secret = await this.client.get(name, signal);
    return secret && { secret, labels: labelsOf(this.prefix, secret.tags) };
  }

  #isOf(path: SecretPath, found: Live | undefined): found is Live {
    return found?.labels.path?.equals(path) === true;
  }
}
