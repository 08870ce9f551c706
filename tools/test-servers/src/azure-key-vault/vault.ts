import { Failure, badParameter, conflict, notFound } from './failure.ts';
import { assertName, tagsOf, valueOf } from './limits.ts';

/** In the example answers scheduledPurgeDate is deletedDate plus this. Seconds. */
const RETENTION_SECONDS = 90 * 24 * 3600;

export interface Version {
  id: string;
  value: string;
  contentType?: string;
  tags?: Record<string, string>;
  enabled: boolean;
  nbf?: number;
  exp?: number;
  created: number;
  updated: number;
}

type State = 'live' | 'deleting' | 'deleted' | 'recovering';

/** `done`: when the transition under way is complete, in milliseconds. */
export interface Secret {
  name: string;
  versions: Version[];
  state: State;
  done: number;
  deletedDate: number;
}

interface VaultOptions {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** 32 hexadecimal digits. */
  newVersion: () => string;
  /** How long a deletion takes. */
  deletionMs: number;
  /** How long a recovery takes. */
  recoveryMs: number;
}

/**
 * The secrets of one vault. Names are case-insensitive:
 * https://learn.microsoft.com/en-us/azure/key-vault/general/about-keys-secrets-certificates#objects-identifiers-and-versioning
 */
export class Vault {
  readonly options: VaultOptions;
  /** By the name in lower case. */
  #secrets: Map<string, Secret> = new Map();
  /** The keys in order, until one comes or goes. */
  #order: string[] | undefined;

  constructor(options: VaultOptions) {
    this.options = options;
  }

  #seconds() {
    return Math.floor(this.options.now() / 1000);
  }

  /** The secret, with whatever transition is over completed. */
  #find(name: string): Secret | undefined {
    assertName(name);
    const secret = this.#secrets.get(name.toLowerCase());
    if (secret === undefined || this.options.now() < secret.done) return secret;
    if (secret.state === 'deleting') secret.state = 'deleted';
    if (secret.state === 'recovering') secret.state = 'live';
    return secret;
  }

  #live(name: string): Secret {
    const secret = this.#find(name);
    if (secret === undefined || !this.#shown(secret)) throw notFound(name);
    return secret;
  }

  /**
   * A recovered secret can be read somewhat earlier than written:
   * https://github.com/Azure/azure-sdk-for-net/issues/31581
   */
  #shown({ state, done }: Secret) {
    return state === 'live' || (state === 'recovering' && this.options.now() >= done - this.options.recoveryMs / 2);
  }

  /**
   * "Properties that are not specified in the request are left unchanged":
   * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/update-secret/update-secret?view=rest-keyvault-secrets-7.4
   */
  #assign(version: Version, { contentType, tags, attributes }: any) {
    if (contentType !== undefined) version.contentType = `${contentType}`;
    if (tags !== undefined) version.tags = tagsOf(tags);
    if (attributes?.enabled !== undefined) version.enabled = attributes.enabled === true;
    if (attributes?.nbf !== undefined) version.nbf = Number(attributes.nbf);
    if (attributes?.exp !== undefined) version.exp = Number(attributes.exp);
  }

  /**
   * "If the named secret already exists, Azure Key Vault creates a new version of that secret":
   * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/set-secret/set-secret?view=rest-keyvault-secrets-7.4
   * A deleted name stays reserved:
   * https://learn.microsoft.com/en-us/azure/key-vault/general/soft-delete-overview#soft-delete-behavior
   */
  set(name: string, body: any): [Secret, Version] {
    const found = this.#find(name);
    if (found?.state === 'deleted') {
      const advice = 'In this state, the secret name cannot be reused until it is recovered or purged.';
      throw conflict(
        'ObjectIsDeletedButRecoverable',
        `Secret ${name} is in a deleted but recoverable state. ${advice}`,
      );
    }
    if (found?.state === 'deleting') {
      throw conflict('ObjectIsBeingDeleted', `Secret ${name} is currently being deleted; retry later.`);
    }
    if (found?.state === 'recovering') {
      throw conflict('ObjectIsBeingRecovered', `Secret ${name} is currently being recovered; retry later.`);
    }
    const moment = this.#seconds();
    const [value, id] = [valueOf(body.value), this.options.newVersion()];
    const version: Version = { id, value, enabled: true, created: moment, updated: moment };
    this.#assign(version, body);
    const secret = found ?? { name, versions: [], state: 'live', done: 0, deletedDate: 0 };
    secret.versions.push(version);
    this.#put(secret);
    return [secret, version];
  }

  #put(secret: Secret) {
    const key = secret.name.toLowerCase();
    if (!this.#secrets.has(key)) this.#order = undefined;
    this.#secrets.set(key, secret);
  }

  /**
   * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/get-secret/get-secret?view=rest-keyvault-secrets-7.4
   * "secret … disabled: operations on it are not permitted":
   * https://learn.microsoft.com/en-us/azure/key-vault/secrets/about-secrets#secret-attributes.
   * `id`: empty: the latest.
   */
  get(name: string, id: string): [Secret, Version] {
    const secret = this.#live(name);
    const version = id === '' ? secret.versions.at(-1) : secret.versions.find((one) => one.id === id);
    if (version === undefined) throw notFound(`${name}/${id}`);
    if (!version.enabled) {
      const message = 'Operation get is not allowed on a disabled secret.';
      throw new Failure(403, 'Forbidden', message, { inner: 'SecretDisabled' });
    }
    return [secret, version];
  }

  update(name: string, id: string, body: any): [Secret, Version] {
    const secret = this.#live(name);
    const version = id === '' ? secret.versions.at(-1) : secret.versions.find((one) => one.id === id);
    if (version === undefined) throw notFound(`${name}/${id}`);
    this.#assign(version, body);
    version.updated = this.#seconds();
    return [secret, version];
  }

  /**
   * The deletion goes on after the answer, and GET of the deleted secret is 404 until it is over:
   * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/delete-secret/delete-secret?view=rest-keyvault-secrets-7.4
   * https://learn.microsoft.com/en-us/javascript/api/@azure/keyvault-secrets/secretclient#@azure-keyvault-secrets-secretclient-begindeletesecret
   */
  delete(name: string): [Secret, Version] {
    const secret = this.#live(name);
    if (secret.state === 'recovering') {
      throw conflict('ObjectIsBeingRecovered', `Secret ${name} is currently being recovered; retry later.`);
    }
    secret.state = 'deleting';
    secret.done = this.options.now() + this.options.deletionMs;
    secret.deletedDate = this.#seconds();
    return [secret, secret.versions.at(-1) as Version];
  }

  /** https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/get-deleted-secret/get-deleted-secret?view=rest-keyvault-secrets-7.4 */
  getDeleted(name: string): [Secret, Version] {
    const secret = this.#find(name);
    if (secret?.state !== 'deleted') throw notFound(name);
    return [secret, secret.versions.at(-1) as Version];
  }

  /**
   * "Recovers the deleted secret to the latest version":
   * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/recover-deleted-secret/recover-deleted-secret?view=rest-keyvault-secrets-7.4
   */
  recover(name: string): [Secret, Version] {
    const found = this.#find(name);
    if (found?.state === 'deleting') {
      throw conflict('ObjectIsBeingDeleted', `Secret ${name} is currently being deleted; retry later.`);
    }
    const [secret, version] = this.getDeleted(name);
    secret.state = 'recovering';
    secret.done = this.options.now() + this.options.recoveryMs;
    return [secret, version];
  }

  /** https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/purge-deleted-secret/purge-deleted-secret?view=rest-keyvault-secrets-7.4 */
  purge(name: string): undefined {
    this.getDeleted(name);
    this.#secrets.delete(name.toLowerCase());
    this.#order = undefined;
    return undefined;
  }

  /**
   * All versions, to be restored as they were:
   * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/backup-secret/backup-secret?view=rest-keyvault-secrets-7.4
   */
  backup(name: string) {
    const { name: own, versions } = this.#live(name);
    return Buffer.from(JSON.stringify({ name: own, versions })).toString('base64url');
  }

  /** https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/restore-secret/restore-secret?view=rest-keyvault-secrets-7.4 */
  restore(blob: string): [Secret, Version] {
    let parsed;
    try {
      parsed = JSON.parse(Buffer.from(blob, 'base64url').toString());
    } catch {
      throw badParameter('Backup blob contains invalid or corrupt version.');
    }
    const { name, versions } = parsed;
    if (this.#find(name) !== undefined) {
      throw new Failure(409, 'Conflict', `There was a conflict restoring the secret ${name}.`);
    }
    const secret = { name, versions, state: 'live' as const, done: 0, deletedDate: 0 };
    this.#put(secret);
    return [secret, versions.at(-1)];
  }

  /** By name, so that paging goes on where it was whatever is written meanwhile. */
  page(kind: 'live' | 'deleted', after: string, size: number): { items: [Secret, Version][]; more: boolean } {
    const names = (this.#order ??= [...this.#secrets.keys()].sort());
    const items: [Secret, Version][] = [];
    for (let next = firstAbove(names, after); next < names.length; next += 1) {
      const secret = this.#find(names[next] ?? '');
      if (secret === undefined || !(kind === 'live' ? this.#shown(secret) : secret.state === 'deleted')) continue;
      if (items.length === size) return { items, more: true };
      items.push([secret, secret.versions.at(-1) as Version]);
    }
    return { items, more: false };
  }

  versions(name: string, after: string, size: number): { items: [Secret, Version][]; more: boolean } {
    const secret = this.#live(name);
    const rest = [...secret.versions].sort((a, b) => (a.id < b.id ? -1 : 1)).filter(({ id }) => id > after);
    return { items: rest.slice(0, size).map((version) => [secret, version]), more: rest.length > size };
  }

  datesOf({ deletedDate }: Secret) {
    return { deletedDate, scheduledPurgeDate: deletedDate + RETENTION_SECONDS };
  }
}

/** Returns the index of the first that is above the text. */
function firstAbove(sorted: string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') > text) high = middle;
    else low = middle + 1;
  }
  return low;
}
