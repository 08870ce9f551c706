import type { Fence, SecretMetadata, SecretPath, SecretValue } from '@coffer/secrets';

/** What is stored for one path. Without a value it is the tombstone of a delete. */
export interface MemoryRow {
  readonly path: SecretPath;
  readonly prefix: string;
  readonly fence: Fence;
  readonly revision: number;
  readonly changed?: number;
  readonly value?: SecretValue;
  readonly metadata: SecretMetadata;
}

/** The store itself, as a database server is to its clients: several backends, each with its own prefix, may share one. */
export class MemoryStore {
  readonly #rows = new Map<string, MemoryRow>();

  get(prefix: string, path: SecretPath): MemoryRow | undefined {
    return this.#rows.get(this.#identity(prefix, path));
  }

  put(row: MemoryRow): void {
    this.#rows.set(this.#identity(row.prefix, row.path), row);
  }

  /** As of now; later changes do not show in the answer. */
  rows(prefix: string, tenant: string): MemoryRow[] {
    return [...this.#rows.values()].filter((row) => row.prefix === prefix && row.path.tenant === tenant);
  }

  #identity(prefix: string, path: SecretPath): string {
    return JSON.stringify([prefix, path.toString()]);
  }
}
