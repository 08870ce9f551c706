import { randomUUID } from 'node:crypto';
import { may } from '@coffer/access';
import { ListService, ReadService, type ResolvedSecret } from '@coffer/reads';
import { CofferError, SecretPath, type SecretValue } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint, type CachedCall } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import type { JsonObject } from '../http/request/exact-json.js';
import { auditedOf as readAudit, headersOf } from '../values/resolved.js';
import { answerOf, timeText } from './answers.js';
import { customMetadataOf, type CustomMetadata } from './custom-metadata.js';
import { patchData, postData, putData, readData } from './endpoints.js';
import { fieldsOf, mergePatch, valueOf } from './fields.js';
import { SecretChanges } from './secret-changes.js';
import { writeOptionsOf, writtenOf } from './written.js';

/** How long a read waits to learn what a secret has beside its value, where the store's list is not known yet. */
const CUSTOM_METADATA_WAIT_MS = 1_000;

/** Of a value whose fields are kept beside it in memory, where they take several times as much. */
const MAX_PARSED_BYTES = 4 * 1_024;

type ReadAnswer = Answer<typeof readData>;

const readAnswer = (
  found: ResolvedSecret,
  fields: JsonObject,
  custom: CustomMetadata | null,
  requestId: string,
): ReadAnswer => ({
  status: 200,
  headers: headersOf(found.cacheStatus),
  audited: [readAudit(found)],
  requestId,
  body: answerOf(requestId, {
    data: fields,
    metadata: {
      created_time: timeText(found.changed),
      custom_metadata: custom,
      deletion_time: '' as const,
      destroyed: false as const,
      version: found.revision,
    },
  }),
});

/** The endpoint has judged the one namespace that is asked. */
const VISIBLE = (): boolean => true;

const requestOf = ({ tenant, namespace, key }: Pick<CachedCall<typeof readData>, 'tenant' | 'namespace' | 'key'>) => ({
  path: SecretPath.of(tenant, namespace, key),
  inherit: false,
  visible: VISIBLE,
});

/** The fields of secrets. */
@Controller()
export class VaultDataController {
  readonly #parsed = new WeakMap<SecretValue, JsonObject>();

  constructor(
    @Inject(ReadService) private readonly reads: Pick<ReadService, 'resolve' | 'cached'>,
    @Inject(ListService) private readonly lists: Pick<ListService, 'known' | 'find'>,
    @Inject(SecretChanges) private readonly changes: SecretChanges,
  ) {}

  @Endpoint(readData, { cached: 'cached' })
  async read(call: Call<typeof readData>): Promise<ReadAnswer> {
    const request = requestOf(call);
    const found = await this.reads.resolve(request);
    const { version } = call.query;
    if (version !== undefined && version !== 0 && version !== found.revision) {
      throw new CofferError('not-found', 'the secret is at another version: earlier ones are not kept');
    }
    const { principal, tenant, namespace } = call;
    const custom = may(principal, 'list', tenant, namespace) ? await this.customOf(request.path) : null;
    return readAnswer(found, fieldsOf(found.value), custom, call.requestId);
  }

  /** As `read` without a query, of what is in memory. */
  cached(call: CachedCall<typeof readData>): () => ReadAnswer | undefined {
    const request = requestOf(call);
    const mayList = may(call.principal, 'list', call.tenant, call.namespace);
    return () => {
      const found = this.reads.cached(request);
      if (found === undefined) return undefined;
      const entry = mayList ? this.lists.known(request.path) : undefined;
      // What it has beside its value is for the handler to find out.
      if (mayList && entry === undefined) return undefined;
      const custom = entry === undefined ? null : customMetadataOf(entry);
      return readAnswer(found, this.#fieldsOf(found.value), custom, randomUUID());
    };
  }

  /** Parsed once, for as long as something else keeps the value. */
  #fieldsOf(value: SecretValue): JsonObject {
    let fields = this.#parsed.get(value);
    if (fields === undefined) {
      fields = fieldsOf(value);
      if (value.byteLength <= MAX_PARSED_BYTES) this.#parsed.set(value, fields);
    }
    return fields;
  }

  @Endpoint(putData)
  put(call: Call<typeof putData>): Promise<Answer<typeof putData>> {
    return this.replace(call);
  }

  @Endpoint(postData)
  post(call: Call<typeof postData>): Promise<Answer<typeof postData>> {
    return this.replace(call);
  }

  @Endpoint(patchData)
  patch(call: Call<typeof patchData>): Promise<Answer<typeof patchData>> {
    return this.replace(call, (stored) => {
      if (stored !== undefined) return valueOf(mergePatch(fieldsOf(stored), call.body.data));
      throw new CofferError('not-found', 'there is no secret to patch');
    });
  }

  private async replace(
    call: Omit<Call<typeof putData>, never>,
    valueFrom: (stored: SecretValue | undefined) => SecretValue = () => valueOf(call.body.data),
  ): Promise<Answer<typeof putData>> {
    const path = SecretPath.of(call.tenant, call.namespace, call.key);
    let written: { readonly value: SecretValue; readonly revision: number } | undefined;
    const change = { path, options: writeOptionsOf(call), cas: call.body.options?.cas ?? undefined };
    const result = await this.changes.apply(change, (stored) => {
      const value = valueFrom(stored?.value);
      written = { value, revision: (stored?.revision ?? 0) + 1 };
      return { kind: 'put', path, value, metadata: stored?.metadata ?? { tags: [] } };
    });
    if (result === undefined || written === undefined) throw new CofferError('internal', 'nothing was written');
    // The log does not tell it of a write that another one has overwritten already.
    return writtenOf(call, path, { ...written, ...result });
  }

  /** What is known beside the value, without waiting long; a store that cannot be listed keeps no value back. */
  private async customOf(path: SecretPath): Promise<CustomMetadata | null> {
    const known = this.lists.known(path);
    if (known !== undefined) return customMetadataOf(known);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), CUSTOM_METADATA_WAIT_MS);
    });
    const found = await Promise.race([this.lists.find(path).catch(() => undefined), late]);
    clearTimeout(timer);
    return found === undefined ? null : customMetadataOf(found);
  }
}
