import type {
  ApplyOptions,
  Backend,
  CallOptions,
  ListScope,
  SecretEntry,
  StoredSecret,
  StoreMutation,
} from '@coffer/backend-contract';
import {
  applyPatch,
  CofferError,
  type JsonObject,
  type Outcome,
  type SecretMetadata,
  type SecretPath,
} from '@coffer/secrets';
import { CAPABILITIES, STORE } from './capabilities.js';
import { dataOf, describedBy, fieldsOf, holdingOf, isCrowded, valueOf, type Holding } from './document/holding.js';
import { versionText } from './document/version.js';
import type { KvEngine } from './kv-engine.js';
import { closedError, timeoutError } from './errors.js';
import type { VaultClient } from './client.js';
import type { SecretLayout } from './layout.js';
import type { Session } from './session/session.js';
import { pagesOf } from './listing.js';

const NO_METADATA: SecretMetadata = { tags: [] };
/** Rounds of read and conditional write before giving way to whoever else keeps writing. */
const MAX_ATTEMPTS = 30;

/** Without fields a delete. */
interface Change {
  readonly fields?: JsonObject;
  readonly metadata: SecretMetadata;
  /** How many puts and deletes it counts for. */
  readonly step: 0 | 1;
}

type Held = Exclude<Holding, { kind: 'neighbour' }>;

const refusal = (code: 'conflict' | 'not-found', reason: string): CofferError =>
  new CofferError(code, `${STORE}: ${reason}`, { store: STORE });

const neighbour = (): CofferError =>
  refusal('conflict', 'the place belongs to a secret of an instance whose secretPathPrefix overlaps with this one’s');

/**
 * Secrets in a KV engine of version 2. A write reads the newest version and writes the next one under Vault's
 * check-and-set, so a fence is compared with that of exactly the version that is replaced.
 */
export class VaultBackend implements Backend {
  readonly capabilities = CAPABILITIES;

  constructor(
    private readonly client: VaultClient,
    private readonly session: Session,
    private readonly engine: KvEngine,
    private readonly layout: SecretLayout,
  ) {}

  async read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    this.#assertReady(call);
    const version = await this.engine.read(this.layout.ofSecret(path), call.signal);
    const holding = holdingOf(version, this.layout, path);
    if (version === undefined || holding.kind !== 'secret') return undefined;
    const { fields, fence } = holding;
    const stored = { value: valueOf(fields), ...describedBy(version, holding) };
    return fence === undefined ? stored : { ...stored, fence };
  }

  apply(mutation: StoreMutation, options: ApplyOptions): Promise<Outcome> {
    return this.#replace(mutation.path, options, (holding) => changeOf(mutation, holding));
  }

  async *list(scope: ListScope, call: CallOptions): AsyncGenerator<readonly SecretEntry[]> {
    this.#assertReady(call);
    yield* pagesOf(this.engine, this.layout, scope, call);
  }

  async check(call: CallOptions): Promise<void> {
    this.#assertReady(call);
    await this.engine.list(this.layout.root, call.signal);
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.client.close();
  }

  async #replace(
    path: SecretPath,
    { signal, ...accepted }: ApplyOptions,
    changed: (holding: Held) => Change,
  ): Promise<Outcome> {
    this.#assertReady({ signal });
    const { fence } = accepted;
    const place = this.layout.ofSecret(path);
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      const present = await this.engine.read(place, signal);
      const holding = holdingOf(present, this.layout, path);
      if (holding.kind === 'neighbour') throw neighbour();
      const { floor } = holding;
      if (floor !== undefined && floor > fence) return { outcome: 'superseded', storedFence: floor };
      const change = changed(holding);
      // What the write of this fence left may have been changed by another program.
      if (present !== undefined && floor === fence) return { outcome: 'applied', ...describedBy(present, holding) };
      const cas = present?.number ?? 0n;
      const { step, ...content } = change;
      const mark = { ...accepted, revision: holding.revision + step };
      const data = dataOf({ ...content, ...mark }, cas + 1n, this.layout, path);
      const written = await this.engine.write(place, data, cas, signal);
      if (written === undefined) continue;
      const { revision, changed: time } = mark;
      const described = { metadata: change.metadata, revision, ...(time === undefined ? {} : { changed: time }) };
      return { outcome: 'applied', version: versionText(written), ...described };
    }
    throw refusal('conflict', 'others keep writing the same secret');
  }

  #assertReady({ signal }: CallOptions): void {
    if (this.client.closed) throw closedError();
    if (signal.aborted) throw timeoutError();
  }
}

/** What a mutation makes of what the place holds. Throws `not-found` and `conflict`. */
const changeOf = (mutation: StoreMutation, holding: Held): Change => {
  switch (mutation.kind) {
    case 'put':
      return { fields: fieldsOf(mutation.value), metadata: applyPatch(NO_METADATA, mutation.metadata), step: 1 };
    case 'patch': {
      if (holding.kind !== 'secret') throw refusal('not-found', 'there is no such secret');
      const { fields, metadata } = holding;
      if (isCrowded(fields)) throw refusal('conflict', 'the secret has a field named coffer that is not Coffer’s');
      return { fields, metadata: applyPatch(metadata, mutation.metadata), step: 0 };
    }
    case 'delete':
      return { metadata: NO_METADATA, step: 1 };
  }
};
