import { crc32c } from './crc32c.ts';
import { compileFilter } from './filter.ts';
import { page } from './paging.ts';
import { RateLimits } from './rate-limit.ts';
import { checkAliases, checkAnnotations, checkLabels, checkPayload, checkSecretId } from './rules.ts';
import { refuse } from './status.ts';

/**
 * The calls of `google.cloud.secretmanager.v1.SecretManagerService` on one project, on plain objects. What each does is
 * the comment of its message in the vendor's `service.proto` and `resources.proto`, and the pages named below.
 */
interface StoredVersion {
  /** As it is answered. */
  version: Record<string, any>;
  /** Gone with the state DESTROYED. */
  data: Buffer | undefined;
  crc: number;
}

interface StoredSecret {
  /** As it is answered. */
  secret: Record<string, any>;
  order: number;
  /** By number, beginning with 1. */
  versions: StoredVersion[];
  /** What `latest` shows, and for how many more looks. */
  latest: { current: number; lag: number };
}

/** Writes a second on one secret, and state changes a second on one version. */
const WRITES = 2;
const STATE_CHANGES = 1;

/** What can be changed by updateSecret of the fields that this server knows. */
const CHANGEABLE = {
  labels: 'labels',
  annotations: 'annotations',
  version_aliases: 'versionAliases',
  versionAliases: 'versionAliases',
} as Record<string, string>;

export class Project {
  readonly number: string;
  readonly now: () => number;
  readonly limits: RateLimits;
  /**
   * For how many looks `latest` and aliases go on showing what was before: "This doesn't apply when you access a secret
   * version using aliases or latest" (https://cloud.google.com/secret-manager/docs/reference/consistency).
   */
  lag = 0;
  /** Payloads are answered with a bit turned over. */
  damaged = false;
  /** By id. */
  #secrets: Map<string, StoredSecret> = new Map();
  #revision = 0;
  #orders = 0;

  /** `number`: resource names carry it, whatever name the project was called by. `now`: milliseconds since the epoch. */
  constructor(number: string, now: () => number) {
    this.number = number;
    this.now = now;
    this.limits = new RateLimits(now);
  }

  createSecret({ secretId, secret }: Record<string, any>) {
    checkSecretId(secretId);
    // "Required." before it became optional for regional secrets, which name no replication.
    if (!secret?.replication) refuse('INVALID_ARGUMENT', 'The secret has no replication.');
    checkLabels(secret.labels ?? {});
    checkAnnotations(secret.annotations ?? {});
    if (this.#secrets.has(secretId)) refuse('ALREADY_EXISTS', `Secret [${this.#name(secretId)}] already exists.`);
    const created = {
      name: this.#name(secretId),
      replication: secret.replication,
      createTime: this.#time(),
      labels: { ...secret.labels },
      annotations: { ...secret.annotations },
      versionAliases: {},
      etag: this.#etag(),
    };
    this.#orders += 1;
    this.#secrets.set(secretId, { secret: created, order: this.#orders, versions: [], latest: { current: 0, lag: 0 } });
    return created;
  }

  getSecret({ id }: { id: string }) {
    return this.#secret(id).secret;
  }

  /**
   * The etag is in the secret; "if an ETag is provided and matches the current resource ETag, the request succeeds;
   * otherwise, it fails with a FAILED_PRECONDITION error" (https://cloud.google.com/secret-manager/docs/etags).
   */
  updateSecret({ id, secret, updateMask }: Record<string, any>) {
    const stored = this.#secret(id);
    this.limits.spend(id, WRITES);
    this.#checkEtag(secret.etag, stored.secret.etag);
    const paths = updateMask?.paths ?? [];
    if (paths.length === 0) refuse('INVALID_ARGUMENT', 'The update mask is required.');
    const changed = { ...stored.secret };
    for (const path of paths) {
      const field = CHANGEABLE[path];
      if (field === undefined) refuse('INVALID_ARGUMENT', `The update mask names ${path}.`);
      changed[field] = { ...secret[field] };
    }
    checkLabels(changed.labels);
    checkAnnotations(changed.annotations);
    checkAliases(changed.versionAliases, (number) => stored.versions[number - 1] !== undefined);
    // "Even when an update doesn't change a resource's state, it still updates the resource ETag."
    Object.assign(stored.secret, changed, { etag: this.#etag() });
    return stored.secret;
  }

  deleteSecret({ id, etag }: { id: string; etag?: string }) {
    this.#checkEtag(etag, this.#secret(id).secret.etag);
    this.#secrets.delete(id);
    return {};
  }

  /** "sorted in reverse by create_time (newest first)". */
  listSecrets({ filter, pageSize, pageToken }: Record<string, any>) {
    const matches = compileFilter(filter ?? '');
    const found = [...this.#secrets.values()].filter(({ secret }) => matches(secret)).sort((a, b) => b.order - a.order);
    const { items, nextPageToken } = page(found, pageSize, pageToken, ({ order }) => order, filter);
    // "The total number of Secrets but 0 when the filter field is set."
    return { secrets: items.map(({ secret }) => secret), nextPageToken, totalSize: filter ? 0 : found.length };
  }

  /**
   * "will verify the integrity of the received data on AddSecretVersion calls using the crc32c checksum and store it to
   * include in future AccessSecretVersion responses"; adding leaves the secret's etag
   * (https://cloud.google.com/secret-manager/docs/etags).
   */
  addSecretVersion({ id, payload }: Record<string, any>) {
    const stored = this.#secret(id);
    this.limits.spend(id, WRITES);
    if (!payload) return refuse('INVALID_ARGUMENT', 'The payload is required.');
    const data = Buffer.from(payload.data ?? '');
    checkPayload(data);
    const crc = crc32c(data);
    const given = payload.dataCrc32c;
    if (given !== undefined && given !== null && Number(given) !== crc) {
      refuse('INVALID_ARGUMENT', 'The payload does not match its checksum.');
    }
    const number = stored.versions.length + 1;
    const version = {
      name: `${stored.secret.name}/versions/${number}`,
      createTime: this.#time(),
      state: 'ENABLED',
      replicationStatus: { automatic: {} },
      etag: this.#etag(),
      clientSpecifiedPayloadChecksum: given !== undefined && given !== null,
    };
    stored.latest = { current: number - 1, lag: number > 1 ? this.lag : 0 };
    stored.versions.push({ version, data, crc });
    return version;
  }

  getSecretVersion({ id, versionId }: { id: string; versionId: string }) {
    return this.#version(id, versionId).version;
  }

  accessSecretVersion({ id, versionId }: { id: string; versionId: string }) {
    const { version, data, crc } = this.#version(id, versionId);
    if (version.state !== 'ENABLED' || data === undefined) {
      return refuse('FAILED_PRECONDITION', `Secret Version [${version.name}] is in ${version.state} state.`);
    }
    return { name: version.name, payload: { data: this.damaged ? turned(data) : data, dataCrc32c: crc } };
  }

  listSecretVersions({ id, filter, pageSize, pageToken }: Record<string, any>) {
    const matches = compileFilter(filter ?? '');
    const { versions } = this.#secret(id);
    const found = versions
      .map(({ version }, index) => ({ version, order: index + 1 }))
      .filter((v) => matches(v.version));
    const { items, nextPageToken } = page(found.reverse(), pageSize, pageToken, ({ order }) => order, filter);
    return { versions: items.map(({ version }) => version), nextPageToken, totalSize: filter ? 0 : found.length };
  }

  /** "A version may not leave this state once entered" (DESTROYED). */
  setState(
    { id, versionId, etag }: { id: string; versionId: string; etag?: string },
    state: 'ENABLED' | 'DISABLED' | 'DESTROYED',
  ) {
    const stored = this.#version(id, versionId);
    const { version } = stored;
    this.limits.spend(version.name, STATE_CHANGES);
    this.#checkEtag(etag, version.etag);
    if (version.state === 'DESTROYED' && state !== 'DESTROYED') {
      refuse('FAILED_PRECONDITION', `Secret Version [${version.name}] is in DESTROYED state.`);
    }
    if (state === 'DESTROYED' && version.state !== 'DESTROYED') {
      stored.data = undefined;
      Object.assign(version, { destroyTime: this.#time() });
    }
    Object.assign(version, { state, etag: this.#etag() });
    return version;
  }

  #name(id: string) {
    return `projects/${this.number}/secrets/${id}`;
  }

  #secret(id: string): StoredSecret {
    return this.#secrets.get(id) ?? refuse('NOT_FOUND', `Secret [${this.#name(id)}] not found or has no versions.`);
  }

  /** `versionId`: a number, an alias or `latest`: the version created last. */
  #version(id: string, versionId: string): StoredVersion {
    const stored = this.#secret(id);
    const aliased = stored.secret.versionAliases[versionId];
    const number =
      versionId === 'latest' ? latest(stored) : /^\d+$/.test(versionId) ? Number(versionId) : Number(aliased);
    return (
      stored.versions[number - 1] ??
      refuse('NOT_FOUND', `Secret Version [${this.#name(id)}/versions/${versionId}] not found.`)
    );
  }

  #checkEtag(given: string | undefined, current: string) {
    if (given && given !== current) {
      refuse('FAILED_PRECONDITION', 'The provided etag does not match the etag of the stored resource.');
    }
  }

  /** Quoted, as in the examples of https://cloud.google.com/secret-manager/docs/etags. */
  #etag() {
    this.#revision += 1;
    return `"${(0x5d0000000000 + this.#revision).toString(16)}"`;
  }

  #time() {
    const now = this.now();
    return { seconds: Math.floor(now / 1000), nanos: Math.round((now % 1000) * 1e6) };
  }
}

function latest(stored: StoredSecret) {
  if (stored.latest.lag <= 0) return stored.versions.length;
  stored.latest.lag -= 1;
  return stored.latest.current;
}

function turned(data: Buffer) {
  const copy = Buffer.from(data);
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
}
