import type { VaultTarget } from '../../vault-clients/target.js';

/** A client of Vault that is run against a target. */
export interface ClientCheck {
  /** As the figures name it. */
  readonly name: string;
  /** Fetches or builds what it takes. Rejects with a sentence. */
  prepare(log: (line: string) => void): Promise<unknown>;
  /** In what it went otherwise than expected, a sentence each. */
  run(target: VaultTarget): Promise<readonly string[]>;
}
