import type { VaultApiConfiguration } from '@coffer/config';
import type { StoredSecret } from '@coffer/backend-contract';
import { CofferError, type Mutation, type SecretPath } from '@coffer/secrets';
import { MutationWriter, type WriteOptions, type WriteResult, type WriteService } from '@coffer/writes';
import { Inject, Injectable } from '@nestjs/common';
import type { StoreRegistry } from '../process/gateway-parts.js';
import { STORES, VAULT_API } from '../process/tokens.js';

/** Tries under a precondition before giving way to whoever else keeps writing the secret. */
const MAX_ROUNDS = 30;
/** Longest pause before another try, for each that was made. */
const PAUSE_MS = 10;

export interface Change {
  readonly path: SecretPath;
  readonly options: WriteOptions;
  /** The revision at which alone the change is to be made; 0: where there is no secret. */
  readonly cas?: number | undefined;
}

/** What is written in place of what there is; `undefined` writes nothing. */
export type Replacement = (stored: StoredSecret | undefined) => Mutation<'put' | 'patch' | 'delete'> | undefined;

const pause = (round: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, Math.random() * PAUSE_MS * (round + 1)));

/** Writes what depends on what is there. Under a precondition, so that whoever else writes meanwhile loses nothing. */
@Injectable()
export class SecretChanges {
  constructor(
    @Inject(MutationWriter) private readonly writes: Pick<WriteService, 'write'>,
    @Inject(STORES) private readonly stores: Pick<StoreRegistry, 'of'>,
    @Inject(VAULT_API) private readonly settings: Pick<VaultApiConfiguration, 'readOnly'>,
  ) {}

  /** Throws `read-only` where clients of Vault may not write. */
  private requireWritable(): void {
    if (!this.settings.readOnly) return;
    throw new CofferError('read-only', 'clients of Vault may not write here (coffer.vault.readOnly)');
  }

  /** Whatever there is; deleting what is absent succeeds. */
  remove(path: SecretPath, options: WriteOptions): Promise<WriteResult> {
    this.requireWritable();
    return this.writes.write({ kind: 'delete', path }, options);
  }

  /**
   * Throws what `replacement` throws, `precondition-failed` where the secret is at another revision than `cas`, `conflict` where
   * others keep writing it.
   */
  async apply({ path, options, cas }: Change, replacement: Replacement): Promise<WriteResult | undefined> {
    this.requireWritable();
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      if (round > 0) await pause(round);
      const stored = await this.stores.of(path).backend.read(path, { signal: new AbortController().signal });
      const mutation = replacement(stored);
      if (cas !== undefined && cas !== (stored?.revision ?? 0)) throw otherRevision();
      if (mutation === undefined) return undefined;
      const precondition = stored === undefined ? 'absent' : { versions: [stored.version] };
      try {
        return await this.writes.write({ ...mutation, precondition }, options);
      } catch (error) {
        if (!CofferError.is(error, 'precondition-failed')) throw error;
      }
    }
    throw new CofferError('conflict', 'others keep writing the same secret: try again');
  }
}

const otherRevision = (): CofferError =>
  new CofferError('precondition-failed', 'the secret is at another version than options.cas says');
