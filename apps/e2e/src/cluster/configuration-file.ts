import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Settings } from './cluster-tool.js';

export interface EncryptionKey {
  readonly id: string;
  readonly secret: string;
}

/** The part of the file that suites change or need to know. */
interface Content {
  readonly kestra: { readonly secret: Settings };
  readonly datasources?: Settings;
  readonly coffer: {
    encryption: { readonly keys: readonly EncryptionKey[] };
    access: Readonly<Record<string, readonly object[]>>;
    messaging?: Settings;
    webhooks?: readonly Settings[];
    readonly managers?: readonly Settings[];
  };
}

/** An entry of `coffer.access`. */
interface Entry {
  readonly id?: string;
  readonly secretIds?: readonly Entry[];
}

const without = (entries: readonly Entry[], id: string): Entry[] => entries.filter((entry) => entry.id !== id);

/** The configuration of a cluster, of which each process has what its role needs: a change holds for processes that start from then on. */
export class ConfigurationFile {
  constructor(readonly path: string) {}

  /** The key that all messages are sealed with. */
  get rootKey(): EncryptionKey {
    const [key] = this.#read().coffer.encryption.keys;
    if (key === undefined) throw new Error('the cluster has no key');
    return key;
  }

  /** By which a database's values are sealed. */
  get storeSecret(): string {
    const { jdbc } = this.#read().kestra.secret as { readonly jdbc?: { readonly secret?: string } };
    if (jdbc?.secret === undefined) throw new Error('the store of this cluster is no database');
    return jdbc.secret;
  }

  /** Changes `coffer.messaging`. */
  setMessaging(messaging: Settings): void {
    const content = this.#read();
    content.coffer.messaging = { ...content.coffer.messaging, ...messaging };
    this.#write(content);
  }

  /** Replaces `coffer.webhooks`. */
  setWebhooks(webhooks: readonly Settings[]): void {
    const content = this.#read();
    content.coffer.webhooks = webhooks;
    this.#write(content);
  }

  /** A further key. */
  addKey(key: EncryptionKey): void {
    const content = this.#read();
    content.coffer.encryption = { keys: [...content.coffer.encryption.keys, key] };
    this.#write(content);
  }

  /** Further entries of `coffer.access`, which running gateways take as well. */
  addAccess(access: Readonly<Record<string, readonly object[]>>): void {
    const content = this.#read();
    const entries = Object.entries(access).map(([kind, more]) => [
      kind,
      [...(content.coffer.access[kind] ?? []), ...more],
    ]);
    content.coffer.access = { ...content.coffer.access, ...(Object.fromEntries(entries) as typeof access) };
    this.#write(content);
  }

  /** Takes an entry of `coffer.access` out, by its id, as a command does: the file is replaced as a whole. */
  removeAccess(kind: string, id: string): void {
    this.#replaceAccess(kind, (entries) => without(entries, id));
  }

  /** Likewise a secret id of a role. */
  removeSecretId(role: string, id: string): void {
    const withoutSecretId = (entry: Entry): Entry =>
      entry.id === role ? { ...entry, secretIds: without(entry.secretIds ?? [], id) } : entry;
    this.#replaceAccess('roles', (entries) => entries.map(withoutSecretId));
  }

  #replaceAccess(kind: string, change: (entries: readonly Entry[]) => readonly Entry[]): void {
    const content = this.#read();
    content.coffer.access = { ...content.coffer.access, [kind]: change(content.coffer.access[kind] ?? []) };
    writeFileSync(`${this.path}.new`, JSON.stringify(content));
    renameSync(`${this.path}.new`, this.path);
  }

  /** The text of a configuration for one process on the same stores, whose `kestra.secret`, and each of whose managers, is another. */
  ofNeighbour(change: (secret: Settings) => Settings): string {
    const { kestra, datasources, coffer } = this.#read();
    const managers = (coffer.managers ?? []).map(change);
    return JSON.stringify({ datasources, kestra: { ...kestra, secret: change(kestra.secret) }, coffer: { managers } });
  }

  #read(): Content {
    return JSON.parse(readFileSync(this.path, 'utf8')) as Content;
  }

  #write(content: Content): void {
    writeFileSync(this.path, JSON.stringify(content));
  }
}
