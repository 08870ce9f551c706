import { endpoint } from '../http/endpoint/endpoint.js';
import { writeHeaders } from '../http/request/write-headers.js';
import { dataAnswer, dataQuery, versionsBody, writeBody, writtenAnswer } from './schemas.js';

const STORE_ERRORS = ['denied', 'unauthenticated', 'corrupt', 'throttled', 'unavailable', 'timeout'] as const;
export const READ_ERRORS = [
  'not-found',
  'rate-limited',
  'answer-too-large',
  'overloaded',
  'audit-unavailable',
  ...STORE_ERRORS,
] as const;
export const WRITE_ERRORS = [
  'conflict',
  'read-only',
  'too-large',
  'precondition-failed',
  'overloaded',
  'fence-ahead',
  'audit-unavailable',
  ...STORE_ERRORS,
] as const;

/** Headers of writes; Vault's clients know no others. */
export const traced = writeHeaders.pick({ traceparent: true });

const PATH = '/{mount}/data/{namespace}/{key}';
const written = { description: 'What the secret now is, without its value.', body: writtenAnswer };
const deleted = { 204: { description: 'The secret is absent.' } } as const;

export const readData = endpoint({
  id: 'readVaultData',
  face: 'vault',
  method: 'GET',
  path: PATH,
  access: { inNamespace: 'resolve' },
  audit: { action: 'secret.read', required: true },
  summary: 'Read a secret’s fields, of this namespace alone',
  query: dataQuery,
  answers: {
    200: { description: 'The fields; a value that is no JSON object is the field `value`.', body: dataAnswer },
  },
  errors: READ_ERRORS,
});

export const putData = endpoint({
  id: 'putVaultData',
  face: 'vault',
  method: 'PUT',
  path: PATH,
  access: { inNamespace: 'write' },
  audit: { action: 'secret.write', required: true, intent: true },
  summary: 'Create a secret or replace its fields; description and tags stay',
  headers: traced,
  body: writeBody,
  answers: { 200: written },
  errors: WRITE_ERRORS,
});

export const postData = endpoint({ ...putData, id: 'postVaultData', method: 'POST', summary: 'As PUT' });

export const patchData = endpoint({
  ...putData,
  id: 'patchVaultData',
  method: 'PATCH',
  summary: 'Change fields of a secret by a JSON merge patch',
  errors: ['not-found', ...WRITE_ERRORS],
});

export const deleteData = endpoint({
  id: 'deleteVaultData',
  face: 'vault',
  method: 'DELETE',
  path: PATH,
  access: { inNamespace: 'delete' },
  audit: { action: 'secret.delete', required: true, intent: true },
  summary: 'Delete a secret; deleting what is absent succeeds',
  headers: traced,
  answers: deleted,
  errors: WRITE_ERRORS,
});

export const putDeletion = endpoint({
  ...deleteData,
  id: 'putVaultDeletion',
  method: 'PUT',
  path: '/{mount}/delete/{namespace}/{key}',
  summary: 'Delete a secret where its current version is among these',
  body: versionsBody,
});

export const postDeletion = endpoint({ ...putDeletion, id: 'postVaultDeletion', method: 'POST', summary: 'As PUT' });

const refused = {
  face: 'vault',
  audit: { action: 'secret.update' },
  description: 'Always refused: Coffer keeps nothing of a version that is not the current one.',
  answers: {},
} as const;

export const putUndeletion = endpoint({
  ...refused,
  id: 'putVaultUndeletion',
  method: 'PUT',
  path: '/{mount}/undelete/{namespace}/{key}',
  access: { inNamespace: 'write' },
  summary: 'Refused: what is deleted is gone',
});

export const postUndeletion = endpoint({ ...putUndeletion, id: 'postVaultUndeletion', method: 'POST' });

export const putDestruction = endpoint({
  ...refused,
  id: 'putVaultDestruction',
  method: 'PUT',
  path: '/{mount}/destroy/{namespace}/{key}',
  access: { inNamespace: 'delete' },
  summary: 'Refused: earlier versions are not kept',
});

export const postDestruction = endpoint({ ...putDestruction, id: 'postVaultDestruction', method: 'POST' });
