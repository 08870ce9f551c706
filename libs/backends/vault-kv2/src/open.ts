import type { Backend } from '@coffer/backend-contract';
import type { VaultStore } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import type { VaultConnection } from './connection.js';
import { KvEngine } from './kv-engine.js';
import { VaultClient } from './client.js';
import { SecretLayout } from './layout.js';
import { Session } from './session/session.js';
import { VaultBackend } from './backend.js';
import { optionsOf } from './settings.js';

export interface VaultBackendOptions {
  readonly connection: VaultConnection;
  /** The path of the KV engine, without slashes at its ends; default `secret`. */
  readonly rootEngine?: string;
  /** Folders in front of the tenants', for instances that share an engine; default none. */
  readonly prefix?: string;
}

/**
 * Asks nothing of Vault yet: the first call logs in, and while that fails each call throws the reason and the next one
 * tries again. Throws `configuration` for settings that cannot be right.
 */
export const openVaultBackend = ({ connection, rootEngine = 'secret', prefix = '' }: VaultBackendOptions): Backend => {
  if (rootEngine === '') throw new CofferError('configuration', 'rootEngine must name the path of a KV engine');
  if (!prefix.isWellFormed()) throw new CofferError('configuration', 'secretPathPrefix must be well-formed Unicode');
  const client = new VaultClient(connection);
  const session = new Session(client, connection.login);
  return new VaultBackend(client, session, new KvEngine(session, rootEngine), new SecretLayout(prefix));
};

/** Opens the store that the configuration describes. As `openVaultBackend`. */
export const open = (settings: VaultStore): Backend => openVaultBackend(optionsOf(settings));
