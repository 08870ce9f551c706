import { crc32c } from './crc32c.mjs';
import { compileFilter } from './filter.mjs';
import { page } from './paging.mjs';
import { RateLimits } from './rate-limit.mjs';
import { checkAliases, checkAnnotations, checkLabels, checkPayload, checkSecretId } from './rules.mjs';
import { refuse } from './status.mjs';

/**
 * The calls of `google.cloud.secretmanager.v1.SecretManagerService` on one project, on plain objects. What each does is
 * the comment of its message in the vendor's `service.proto` and `resources.proto`, and the pages named below.
 *
 * @typedef {object} StoredVersion
 * @property {Record<string, any>} version as it is answered
 * @property {Buffer | undefined} data gone with the state DESTROYED
 * @property {number} crc
 *
 * @typedef {object} StoredSecret
 * @property {Record<string, any>} secret as it is answered
 * @property {number} order
 * @property {StoredVersion[]} versions by number, beginning with 1
 * @property {{current: number, lag: number}} latest what `latest` shows, and for how many more looks
 */

/** Writes a second on one secret, and state changes a second on one version. */
const WRITES = 2;
const STATE_CHANGES = 1;

/** What can be changed by updateSecret of the fields that this server knows. */
const CHANGEABLE = /** @type {Record<string, string>} */ ({
  labels: 'labels',
  annotations: 'annotations',
  version_aliases: 'versionAliases',
  versionAliases: 'versionAliases',
});

export class Project {
  /** @type {Map<string, StoredSecret>} by id */
  #secrets = new Map();
  #revision = 0;
  #orders = 0;

  /**
   * @param {string} number resource names carry it, whatever name the project was called by
   * @param {() => number} now milliseconds since the epoch
   */
  constructor(number, now) {
    this.number = number;
    this.now = now;
    this.limits = new RateLimits(now);
    /** For how many looks `latest` and aliases go on showing what was before: "This doesn't apply when you access a secret
     * version using aliases or latest" (https://cloud.google.com/secret-manager/docs/reference/consistency). */
    this.lag = 0;
    /** Payloads are answered with a bit turned over. */
    this.damaged = false;
  }

  /** @param {Record<string, any>} request */
  createSecret({ secretId, secret }) {
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

  /** @param {{id: string}} request */
  getSecret({ id }) {
    return this.#secret(id).secret;
  }

  /**
   * The etag is in the secret; "if an ETag is provided and matches the current resource ETag, the request succeeds;
   * otherwise, it fails with a FAILED_PRECONDITION error" (https://cloud.google.com/secret-manager/docs/etags).
   * @param {Record<string, any>} request
   */
  updateSecret({ id, secret, updateMask }) {
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

  /** @param {{id: string, etag?: string}} request */
  deleteSecret({ id, etag }) {
    this.#checkEtag(etag, this.#secret(id).secret.etag);
    this.#secrets.delete(id);
    return {};
  }

  /** "sorted in reverse by create_time (newest first)". @param {Record<string, any>} request */
  listSecrets({ filter, pageSize, pageToken }) {
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
   * @param {Record<string, any>} request
   */
  addSecretVersion({ id, payload }) {
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

  /** @param {{id: string, versionId: string}} request */
  getSecretVersion({ id, versionId }) {
    return this.#version(id, versionId).version;
  }

  /** @param {{id: string, versionId: string}} request */
  accessSecretVersion({ id, versionId }) {
    const { version, data, crc } = this.#version(id, versionId);
    if (version.state !== 'ENABLED' || data === undefined) {
      return refuse('FAILED_PRECONDITION', `Secret Version [${version.name}] is in ${version.state} state.`);
    }
    return { name: version.name, payload: { data: this.damaged ? turned(data) : data, dataCrc32c: crc } };
  }

  /** @param {Record<string, any>} request */
  listSecretVersions({ id, filter, pageSize, pageToken }) {
    const matches = compileFilter(filter ?? '');
    const { versions } = this.#secret(id);
    const found = versions
      .map(({ version }, index) => ({ version, order: index + 1 }))
      .filter((v) => matches(v.version));
    const { items, nextPageToken } = page(found.reverse(), pageSize, pageToken, ({ order }) => order, filter);
    return { versions: items.map(({ version }) => version), nextPageToken, totalSize: filter ? 0 : found.length };
  }

  /**
   * "A version may not leave this state once entered" (DESTROYED).
   * @param {{id: string, versionId: string, etag?: string}} request @param {'ENABLED' | 'DISABLED' | 'DESTROYED'} state
   */
  setState({ id, versionId, etag }, state) {
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

  /** @param {string} id */
  #name(id) {
    return `projects/${this.number}/secrets/${id}`;
  }

  /** @param {string} id @returns {StoredSecret} */
  #secret(id) {
    return this.#secrets.get(id) ?? refuse('NOT_FOUND', `Secret [${this.#name(id)}] not found or has no versions.`);
  }

  /** @param {string} id @param {string} versionId a number, an alias or `latest`: the version created last @returns {StoredVersion} */
  #version(id, versionId) {
    const stored = this.#secret(id);
    const aliased = stored.secret.versionAliases[versionId];
    const number =
      versionId === 'latest' ? latest(stored) : /^\d+$/.test(versionId) ? Number(versionId) : Number(aliased);
    return (
      stored.versions[number - 1] ??
      refuse('NOT_FOUND', `Secret Version [${this.#name(id)}/versions/${versionId}] not found.`)
    );
  }

  /** @param {string | undefined} given @param {string} current */
  #checkEtag(given, current) {
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

/** @param {StoredSecret} stored */
function latest(stored) {
  if (stored.latest.lag <= 0) return stored.versions.length;
  stored.latest.lag -= 1;
  return stored.latest.current;
}

/** @param {Buffer} data */
function turned(data) {
  const copy = Buffer.from(data);
  copy[0] ^= 1;
  return copy;
}
