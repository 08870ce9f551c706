import { may, mayWithin, visibleNamespace } from '@coffer/access';
import { ListService } from '@coffer/reads';
import { CofferError, parseNamespace, SecretPath, SecretValue } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { lacksPermission } from '../http/endpoint/authorize.js';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { vaultFolderOf, vaultPlaceOf } from '../http/request/vault-request.js';
import { answerOf, NO_STORE, timeText } from './answers.js';
import { customMetadataOf, metadataOf, patchedMetadata } from './custom-metadata.js';
import { namesIn } from './listing.js';
import { listMetadata, patchMetadata, postMetadata, putMetadata, readMetadata } from './metadata.endpoints.js';
import { isTrue } from './schemas.js';
import { SecretChanges } from './secret-changes.js';
import { auditedOf, writeOptionsOf } from './written.js';

type ReadCall = Omit<Call<typeof readMetadata>, never>;
type ReadAnswer = Answer<typeof readMetadata>;
type WriteCall = Omit<Call<typeof putMetadata>, never>;
type WriteAnswer = Answer<typeof putMetadata>;

/** Value of a secret without fields. */
const EMPTY = '{}';

/** Throws `not-found` for what can hold nothing, as the path of a secret whose key is no namespace. */
const folderOf = (named: string): string => {
  try {
    return parseNamespace(named);
  } catch (error) {
    if (!CofferError.is(error, 'invalid')) throw error;
    throw new CofferError('not-found', 'there is nothing here');
  }
};

const unnamedWarning = (count: number): string =>
  `${count} of the secrets here have a slash in their keys and are not listed: they are at NAMESPACE/KEY with %2F for the slash`;

/** What is known of secrets beside their values, and which there are. */
@Controller()
export class VaultMetadataController {
  constructor(
    @Inject(ListService) private readonly lists: Pick<ListService, 'find' | 'list'>,
    @Inject(SecretChanges) private readonly changes: SecretChanges,
  ) {}

  @Endpoint(listMetadata)
  async listRoot(call: Call<typeof listMetadata>): Promise<Answer<typeof listMetadata>> {
    if (isTrue(call.query.list)) return this.list(call, undefined);
    throw new CofferError('not-found', 'the engine itself is no secret: list=true, or LIST, tells what is below it');
  }

  @Endpoint(readMetadata)
  async read(call: Call<typeof readMetadata>): Promise<ReadAnswer> {
    if (isTrue(call.query.list)) return this.list(call, vaultFolderOf(call.path));
    const { tenant, principal, requestId } = call;
    const { namespace, key } = vaultPlaceOf(call.path);
    const path = SecretPath.of(tenant, namespace, key);
    if (!may(principal, 'list', tenant, namespace)) throw lacksPermission('list', { tenant, namespace });
    const entry = await this.lists.find(path);
    if (entry === undefined) throw new CofferError('not-found', 'there is no such secret');
    const { revision } = entry;
    const time = timeText(entry.changedAt);
    const body = answerOf(requestId, {
      cas_required: false as const,
      created_time: time,
      current_version: revision,
      custom_metadata: customMetadataOf(entry),
      delete_version_after: '0s' as const,
      max_versions: 1 as const,
      oldest_version: revision,
      updated_time: time,
      versions: { [revision]: { created_time: time, deletion_time: '' as const, destroyed: false as const } },
    });
    return { status: 200, headers: NO_STORE, audited: [{ namespace, key }], body };
  }

  @Endpoint(putMetadata)
  put(call: Call<typeof putMetadata>): Promise<WriteAnswer> {
    return this.replace(call);
  }

  @Endpoint(postMetadata)
  post(call: Call<typeof postMetadata>): Promise<WriteAnswer> {
    return this.replace(call);
  }

  @Endpoint(patchMetadata)
  async patch(call: Call<typeof patchMetadata>): Promise<WriteAnswer> {
    const { custom_metadata: custom } = call.body;
    const path = SecretPath.of(call.tenant, call.namespace, call.key);
    const result = await this.changes.apply({ path, options: writeOptionsOf(call) }, (stored) => {
      if (stored === undefined) throw new CofferError('not-found', 'there is no such secret');
      if (custom == null) return undefined;
      return { kind: 'patch', path, metadata: patchedMetadata(stored.metadata, custom) };
    });
    return { status: 204, ...(result && { audited: [auditedOf(result)] }), body: undefined };
  }

  private async replace(call: WriteCall): Promise<WriteAnswer> {
    const { custom_metadata: custom } = call.body;
    const path = SecretPath.of(call.tenant, call.namespace, call.key);
    const result = await this.changes.apply({ path, options: writeOptionsOf(call) }, (stored) => {
      if (custom == null) return undefined;
      const metadata = metadataOf(custom);
      if (stored === undefined) return { kind: 'put', path, value: new SecretValue(EMPTY), metadata };
      return { kind: 'patch', path, metadata: { description: '', ...metadata } };
    });
    return { status: 204, ...(result && { audited: [auditedOf(result)] }), body: undefined };
  }

  private async list(
    { tenant, principal, requestId }: Pick<ReadCall, 'tenant' | 'principal' | 'requestId'>,
    named: string | undefined,
  ): Promise<ReadAnswer> {
    const folder = named === undefined ? undefined : folderOf(named);
    if (folder !== undefined && !mayWithin(principal, 'list', tenant, folder))
      throw lacksPermission('list', { tenant, namespace: folder });
    const { content } = await this.lists.list(tenant);
    const { keys, unnamed } = await namesIn(content, folder, visibleNamespace(principal, 'list', tenant));
    if (keys.length === 0 && unnamed === 0) throw new CofferError('not-found', 'there is nothing here');
    const warnings = unnamed === 0 ? null : [unnamedWarning(unnamed)];
    const audited = folder === undefined ? {} : { audited: [{ namespace: folder }] };
    return { status: 200, headers: NO_STORE, ...audited, body: answerOf(requestId, { keys }, warnings) };
  }
}
