import { CofferError, SecretPath } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import {
  deleteData,
  postDeletion,
  postDestruction,
  postUndeletion,
  putDeletion,
  putDestruction,
  putUndeletion,
} from './vault.endpoints.js';
import { deleteMetadata } from './metadata.endpoints.js';
import { SecretChanges } from './secret-changes.js';
import { auditedOf, writeOptionsOf } from './written.js';

type DeleteCall = Omit<Call<typeof deleteData>, 'body'>;
type DeleteAnswer = Answer<typeof deleteData>;

const gone = (): never => {
  throw new CofferError('invalid', 'what is deleted is gone: Coffer keeps nothing that could be undeleted');
};

const onlyOne = (): never => {
  throw new CofferError(
    'invalid',
    'single versions cannot be destroyed: Coffer keeps the current one alone; delete the secret instead',
  );
};

/** Deletes secrets, and says that what Vault could bring back is gone. */
@Controller()
export class VaultDeletionsController {
  constructor(@Inject(SecretChanges) private readonly changes: SecretChanges) {}

  @Endpoint(deleteData)
  deleteData(call: Call<typeof deleteData>): Promise<DeleteAnswer> {
    return this.delete(call);
  }

  @Endpoint(deleteMetadata)
  deleteMetadata(call: Call<typeof deleteMetadata>): Promise<DeleteAnswer> {
    return this.delete(call);
  }

  @Endpoint(putDeletion)
  putDeletion(call: Call<typeof putDeletion>): Promise<DeleteAnswer> {
    return this.delete(call, call.body.versions);
  }

  @Endpoint(postDeletion)
  postDeletion(call: Call<typeof postDeletion>): Promise<DeleteAnswer> {
    return this.delete(call, call.body.versions);
  }

  @Endpoint(putUndeletion)
  putUndeletion(_call: Call<typeof putUndeletion>): never {
    return gone();
  }

  @Endpoint(postUndeletion)
  postUndeletion(_call: Call<typeof postUndeletion>): never {
    return gone();
  }

  @Endpoint(putDestruction)
  putDestruction(_call: Call<typeof putDestruction>): never {
    return onlyOne();
  }

  @Endpoint(postDestruction)
  postDestruction(_call: Call<typeof postDestruction>): never {
    return onlyOne();
  }

  private async delete(call: DeleteCall, versions?: readonly number[]): Promise<DeleteAnswer> {
    const path = SecretPath.of(call.tenant, call.namespace, call.key);
    const options = writeOptionsOf(call);
    const result =
      versions === undefined
        ? await this.changes.remove(path, options)
        : await this.changes.apply({ path, options }, (stored) =>
            stored !== undefined && versions.includes(stored.revision) ? { kind: 'delete', path } : undefined,
          );
    return { status: 204, ...(result && { audited: [auditedOf(result)] }), body: undefined };
  }
}
