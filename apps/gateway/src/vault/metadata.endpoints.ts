import { endpoint } from '../http/endpoint/endpoint.js';
import { READ_ERRORS, traced, WRITE_ERRORS } from './vault.endpoints.js';
import { metadataAnswer, metadataBody, metadataPatchBody, metadataQuery } from './schemas.js';

const PATH = '/{mount}/metadata/{namespace}/{key}';
const done = { 204: { description: 'Done.' } } as const;

export const readMetadata = endpoint({
  id: 'readVaultMetadata',
  face: 'vault',
  method: 'GET',
  path: '/{mount}/metadata/{path}',
  access: { inTenant: ['list'] },
  audit: { action: 'secret.list' },
  summary: 'What is known of a secret beside its value; with list=true, or by LIST, the names below a path',
  query: metadataQuery,
  answers: {
    200: {
      description: 'Names end in a slash where there are others below. What the caller may not list is left out.',
      body: metadataAnswer,
    },
  },
  errors: READ_ERRORS,
});

export const listMetadata = endpoint({
  ...readMetadata,
  id: 'listVaultMetadata',
  path: '/{mount}/metadata',
  summary: 'The names below the engine, with list=true or by LIST',
});

export const putMetadata = endpoint({
  id: 'putVaultMetadata',
  face: 'vault',
  method: 'PUT',
  path: PATH,
  access: { inNamespace: 'write' },
  audit: { action: 'secret.update', required: true, intent: true },
  summary: 'Replace the description and the tags of a secret; one that is absent is created without fields',
  headers: traced,
  body: metadataBody,
  answers: done,
  errors: WRITE_ERRORS,
});

export const postMetadata = endpoint({ ...putMetadata, id: 'postVaultMetadata', method: 'POST', summary: 'As PUT' });

export const patchMetadata = endpoint({
  ...putMetadata,
  id: 'patchVaultMetadata',
  method: 'PATCH',
  summary: 'Change the description and the tags of a secret by a JSON merge patch',
  body: metadataPatchBody,
  errors: ['not-found', ...WRITE_ERRORS],
});

export const deleteMetadata = endpoint({
  id: 'deleteVaultMetadata',
  face: 'vault',
  method: 'DELETE',
  path: PATH,
  access: { inNamespace: 'delete' },
  audit: { action: 'secret.delete', required: true, intent: true },
  summary: 'Delete a secret with all that is known of it, as DELETE of its data does',
  headers: traced,
  answers: done,
  errors: WRITE_ERRORS,
});
