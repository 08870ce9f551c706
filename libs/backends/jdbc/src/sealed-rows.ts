import { sealingKeyOf, type CallOptions, type SealedRecord, type SealedRecords } from '@coffer/backend-contract';
import type { KeyRing } from '@coffer/crypto';
import { CofferError, SecretPath } from '@coffer/secrets';
import type { Parameter, Row } from './dialects/dialect.js';
import { bytesOf, identityOf, textOf } from './layout.js';

/** Rounds before giving way to whoever else changes the row. */
const MAX_ATTEMPTS = 8;
/** Below every id, all of which have 32 bytes. */
const BEGINNING = Buffer.alloc(0);

/** The statements that sealed rows take; `change` answers whether it changed a row. */
export interface SealedRowStatements {
  page(parameters: readonly Parameter[], call: CallOptions): Promise<readonly Row[]>;
  read(parameters: readonly Parameter[], call: CallOptions): Promise<readonly Row[]>;
  change(parameters: readonly Parameter[], call: CallOptions): Promise<boolean>;
}

/** The rows of one prefix, in the order of their ids. */
export class SealedRows implements SealedRecords {
  constructor(
    readonly ring: KeyRing,
    private readonly prefix: string,
    private readonly sql: SealedRowStatements,
    private readonly store: string,
  ) {}

  async page(after: string | undefined, call: CallOptions): Promise<readonly SealedRecord[]> {
    const begin = after === undefined ? BEGINNING : Buffer.from(after, 'base64url');
    const rows = await this.sql.page([this.prefix, begin], call);
    return rows.map((row): SealedRecord => {
      const path = SecretPath.of(textOf(row, 'tenant'), textOf(row, 'namespace'), textOf(row, 'secret_key'));
      const id = identityOf(this.prefix, path);
      return {
        path,
        cursor: id.toString('base64url'),
        keyId: sealingKeyOf(bytesOf(row, 'value') ?? BEGINNING),
        reseal: (options) => this.#reseal(path, id, options),
      };
    });
  }

  async #reseal(path: SecretPath, id: Buffer, call: CallOptions): Promise<void> {
    const context = { purpose: 'sql', path } as const;
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      const [row] = await this.sql.read([id], call);
      const sealed = row === undefined ? undefined : bytesOf(row, 'value');
      if (row === undefined || sealed === undefined || this.ring.isSealedByActive(sealed)) return;
      const plain = this.ring.open(sealed, context);
      const anew = this.ring.seal(plain, context);
      plain.fill(0);
      if (await this.sql.change([anew, id, textOf(row, 'fence_text')], call)) return;
    }
    throw new CofferError('conflict', `${this.store}: the row of the secret changes under every attempt`);
  }
}
