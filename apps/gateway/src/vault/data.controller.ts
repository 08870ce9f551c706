import { randomUUID } from 'node:crypto';
import { may } from '@coffer/access';
import { ListService, ReadService, type ResolvedSecret } from '@coffer/reads';
import { CofferError, SecretPath, type SecretValue } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { RememberedAnswers, type CachedAnswer } from '../http/endpoint/cached-answer.js';
import { Endpoint, type CachedCall } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { auditedOf as readAudit, headersOf } from '../values/resolved.js';
import { answerOf, timeText } from './answers.js';
import { customMetadataOf, type CustomMetadata } from './custom-metadata.js';
import { patchData, postData, putData, readData } from './vault.endpoints.js';
import { fieldsOf, mergePatch, valueOf } from './fields.js';
import { SecretChanges } from './secret-changes.js';
import { writeOptionsOf, writtenOf } from './written.js';

/** How long a read waits to learn what a secret has beside its value, where the store's list is not known yet. */
const CUSTOM_METADATA_WAIT_MS = 1_000;

type ReadAnswer = Answer<typeof readData>;

const bodyOf = (found: ResolvedSecret, custom: CustomMetadata | null, requestId: string): ReadAnswer['body'] =>
  answerOf(requestId, {
    data: fieldsOf(found.value),
    metadata: {
      created_time: timeText(found.changed),
      custom_metadata: custom,
      deletion_time: '' as const,
      destroyed: false as const,
      version: found.revision,
    },
  });

/** The JSON that a revision was given out as. */
interface GivenRevision {
  readonly revision: number;
  readonly changed: number | undefined;
  readonly custom: CustomMetadata | null;
  /** What stands behind the id of the request. */
  readonly text: string;
  /** Size of the text in UTF-8. */
  readonly bytes: number;
}

/** The beginning of every answer, up to the id of its request. */
const BEGINNING = '{"request_id":"';

const givenRevisionOf = (found: ResolvedSecret, custom: CustomMetadata | null): GivenRevision => {
  const text = JSON.stringify(bodyOf(found, custom, '')).slice(BEGINNING.length);
  return { revision: found.revision, changed: found.changed, custom, text, bytes: Buffer.byteLength(text) };
};

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
    return {
      status: 200,
      headers: headersOf(found.cacheStatus),
      audited: [readAudit(found)],
      body: bodyOf(found, custom, call.requestId),
    };
  }

  /** As `read` without a query, of what is in memory. */
  cached(call: CachedCall<typeof readData>): () => CachedAnswer | undefined {
    const request = requestOf(call);
    const mayList = may(call.principal, 'list', call.tenant, call.namespace);
    const given = new RememberedAnswers<GivenRevision>();
    /** Metadata of the latest entry: an entry is another object when anything of it has changed. */
    let latest:
      { readonly entry: ReturnType<ListService['known']>; readonly custom: CustomMetadata | null } | undefined;
    return () => {
      const found = this.reads.cached(request);
      if (found === undefined) return undefined;
      const entry = mayList ? this.lists.known(request.path) : undefined;
      // What it has beside its value is for the handler to find out.
      if (mayList && entry === undefined) return undefined;
      if (entry !== latest?.entry) latest = entry && { entry, custom: customMetadataOf(entry) };
      const custom = latest?.custom ?? null;
      let rest = given.get(found.value);
      if (rest?.revision !== found.revision || rest.changed !== found.changed || rest.custom !== custom) {
        rest = given.set(found.value, givenRevisionOf(found, custom));
      }
      const requestId = randomUUID();
      return {
        headers: headersOf(found.cacheStatus),
        audited: [readAudit(found)],
        requestId,
        text: `${BEGINNING}${requestId}${rest.text}`,
        bytes: BEGINNING.length + requestId.length + rest.bytes,
      };
    };
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
    const change = { path, options: writeOptionsOf(call), cas: call.body.options?.cas };
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
