import type { protos } from '@google-cloud/secret-manager';
import { isDeepStrictEqual } from 'node:util';
import type { CallOptions } from '@coffer/backend-contract';
import { Failure, storeError } from './errors.js';
import type { TextMap } from './identity.js';
import type { Resource } from './layout.js';
import type { Service } from './connection.js';

type ISecret = protos.google.cloud.secretmanager.v1.ISecret;

export interface SecretPage {
  readonly secrets: readonly Resource[];
  /** Absent after the last page. */
  readonly next: string | undefined;
}

export interface Version {
  readonly number: number;
  readonly bytes: Uint8Array;
}

export interface Changes {
  readonly annotations: TextMap;
  /** Labels to set; absent labels stay as they are. */
  readonly labels?: TextMap;
  readonly aliases?: Readonly<Record<string, number>>;
}

/** The reversed polynomial of CRC-32C (https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4). */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC-32C (Castagnoli) as an unsigned 32-bit number: https://cloud.google.com/secret-manager/docs/data-integrity */
export const crc32c = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
};

const resourceOf = ({ name, etag, labels, annotations, versionAliases }: ISecret): Resource => ({
  name: name ?? '',
  etag: etag ?? '',
  labels: labels ?? {},
  annotations: annotations ?? {},
  aliases: Object.fromEntries(Object.entries(versionAliases ?? {}).map(([alias, n]) => [alias, Number(String(n))])),
});

/** The state of a destroyed version by name and by number: the vendor's client gives either. */
const DESTROYED: ReadonlySet<string> = new Set(['DESTROYED', '3']);

/** The last segment, which is the number also where an alias was asked for. */
const versionNumberOf = (name: string | null | undefined): number => Number(name?.split('/').at(-1));

const damaged = (): Failure => new Failure(undefined, storeError('corrupt', 'the value does not match its checksum'));

const ABORTED = 10;
const changed = (): Failure => new Failure(ABORTED, storeError('conflict'));

/** One method a call of the service. Each throws {@link Failure}. */
export class SecretsApi {
  /** A server that knows no version aliases does without them, and so do its readers. */
  #aliases = true;
  #etags = true;

  constructor(readonly service: Service) {}

  /** Whether the service tells etags, as far as is known: without them it cannot refuse a late change. */
  get etags(): boolean {
    return this.#etags;
  }

  nameOf(project: string, id: string): string {
    return `projects/${project}/secrets/${id}`;
  }

  async getSecret(name: string, call: CallOptions): Promise<Resource> {
    const [secret] = await this.service.call((client, options) => client.getSecret({ name }, options), call);
    return resourceOf(secret);
  }

  async listSecrets(
    project: string,
    request: { readonly filter: string; readonly pageSize: number; readonly pageToken?: string },
    call: CallOptions,
  ): Promise<SecretPage> {
    const parent = `projects/${project}`;
    const [secrets, , answer] = await this.service.call(
      (client, options) => client.listSecrets({ parent, ...request }, { ...options, autoPaginate: false }),
      call,
    );
    return { secrets: secrets.map(resourceOf), next: answer.nextPageToken || undefined };
  }

  /** Replicated as Google chooses. */
  async createSecret(project: string, secretId: string, content: Changes, call: CallOptions): Promise<Resource> {
    const { annotations, labels = {} } = content;
    const secret = { replication: { automatic: {} }, annotations: { ...annotations }, labels: { ...labels } };
    const request = { parent: `projects/${project}`, secretId, secret };
    const [created] = await this.service.call((client, options) => client.createSecret(request, options), call);
    return resourceOf(created);
  }

  /**
   * Only while nobody has changed the secret since it was read: fails with FAILED_PRECONDITION otherwise, or with ABORTED
   * where the service tells no etags and all that can be done is to look once more.
   */
  async updateSecret(resource: Resource, changes: Changes, call: CallOptions): Promise<Resource> {
    await this.#lookAgain(resource, call);
    const { name, etag } = resource;
    const send = async ({ annotations, labels, aliases }: Changes): Promise<Resource> => {
      const secret = {
        ...{ name, etag, annotations: { ...annotations } },
        ...(labels === undefined ? {} : { labels: { ...labels } }),
        ...(aliases === undefined ? {} : { versionAliases: { ...aliases } }),
      };
      const paths = [
        'annotations',
        ...(labels === undefined ? [] : ['labels']),
        ...(aliases === undefined ? [] : ['version_aliases']),
      ];
      const request = { secret, updateMask: { paths } };
      const [updated] = await this.service.call((client, options) => client.updateSecret(request, options), call);
      return resourceOf(updated);
    };
    const { aliases, ...others } = changes;
    if (!this.#aliases || aliases === undefined) return send(others);
    try {
      return await send(changes);
    } catch (thrown) {
      if (!(thrown instanceof Failure && thrown.is('INVALID_ARGUMENT', 'UNIMPLEMENTED'))) throw thrown;
      const updated = await send(others);
      this.#aliases = false;
      return updated;
    }
  }

  /** As `updateSecret`. */
  async deleteSecret(resource: Resource, call: CallOptions): Promise<void> {
    await this.#lookAgain(resource, call);
    const { name, etag } = resource;
    await this.service.call((client, options) => client.deleteSecret({ name, etag }, options), call);
  }

  async #lookAgain({ name, etag, annotations }: Resource, call: CallOptions): Promise<void> {
    if (etag !== '') return;
    this.#etags = false;
    const now = await this.getSecret(name, call);
    if (!isDeepStrictEqual(now.annotations, annotations)) throw changed();
  }

  /** Answers the new version's number. The service refuses bytes that do not match their checksum. */
  async addVersion({ name: parent }: Resource, data: Uint8Array, call: CallOptions): Promise<number> {
    const request = { parent, payload: { data, dataCrc32c: crc32c(data) } };
    const [version] = await this.service.call((client, options) => client.addSecretVersion(request, options), call);
    return versionNumberOf(version.name);
  }

  /** `which`: a number or an alias. Throws `corrupt` for bytes that do not match their checksum. */
  async accessVersion(secret: string, which: number | string, call: CallOptions): Promise<Version> {
    const name = `${secret}/versions/${which}`;
    const [{ name: accessed, payload }] = await this.service.call(
      (client, options) => client.accessSecretVersion({ name }, options),
      call,
    );
    const bytes = Buffer.from(payload?.data ?? '');
    const sum = payload?.dataCrc32c;
    // The service always sends one; a forbidden that does not is taken at its word.
    if (sum !== undefined && sum !== null && Number(String(sum)) !== crc32c(bytes)) throw damaged();
    return { number: versionNumberOf(accessed), bytes };
  }

  /** The newest `count` versions, newest first, with whether their value is still there. */
  async newestVersions(
    { name: parent }: Resource,
    count: number,
    call: CallOptions,
  ): Promise<{ readonly number: number; readonly destroyed: boolean }[]> {
    const [versions] = await this.service.call(
      (client, options) => client.listSecretVersions({ parent, pageSize: count }, { ...options, autoPaginate: false }),
      call,
    );
    return versions.map(({ name, state }) => ({
      number: versionNumberOf(name),
      destroyed: DESTROYED.has(String(state)),
    }));
  }

  async destroyVersion({ name: secret }: Resource, number: number, call: CallOptions): Promise<void> {
    const name = `${secret}/versions/${number}`;
    await this.service.call((client, options) => client.destroySecretVersion({ name }, options), call);
  }
}
