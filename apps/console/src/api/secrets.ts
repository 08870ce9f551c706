import { cofferPath, kestraPath, part, request, type RequestOptions } from './request.js';
import type { NamespaceDescription, NamespaceTree, Operation, ResolvedSecret, SecretPage, Tag } from './types.js';

export interface SecretQuery {
  namespace?: string;
  children?: boolean;
  inherit?: boolean;
  key?: string;
  q?: string;
  tag?: readonly string[];
  state?: readonly string[];
  sort?: string;
}

export interface SecretWindow {
  page: SecretPage;
  /** Seconds since the list was known to be complete; absent while it is. */
  age: number | undefined;
}

export const searchSecrets = async (
  tenant: string,
  query: SecretQuery,
  { offset, limit }: { offset: number; limit: number },
  signal?: AbortSignal,
): Promise<SecretWindow> => {
  const options: RequestOptions = { query: { ...query, offset, limit } };
  if (signal !== undefined) options.signal = signal;
  const { body, headers } = await request<SecretPage>('GET', cofferPath(tenant, '/secrets'), options);
  const age = headers.get('age');
  return { page: body, age: age === null ? undefined : Number(age) };
};

export const listNamespaces = async (tenant: string): Promise<NamespaceTree> =>
  (await request<NamespaceTree>('GET', cofferPath(tenant, '/namespaces'))).body;

/** What its caller may do in a namespace, and what its store takes, whether or not it holds anything. */
export const describeNamespace = async (
  tenant: string,
  namespace: string,
  signal: AbortSignal,
): Promise<NamespaceDescription> =>
  (await request<NamespaceDescription>('GET', cofferPath(tenant, `/namespaces/${part(namespace)}`), { signal })).body;

const valuePath = (tenant: string, namespace: string, key: string): string =>
  cofferPath(tenant, `/namespaces/${part(namespace)}/values/${part(key)}`);

const secretsPath = (tenant: string, namespace: string): string =>
  kestraPath(tenant, `/namespaces/${part(namespace)}/secrets`);

/** One of the two requests of the console whose answer holds a value; each is in the audit. */
export const resolveSecret = async (tenant: string, namespace: string, key: string): Promise<ResolvedSecret> =>
  (await request<ResolvedSecret>('GET', valuePath(tenant, namespace, key))).body;

/** What a write must find in place: a version, nothing at all, or whatever is there. */
export type Expected = { version: string } | 'absent' | 'anything';

const conditionOf = (expected: Expected): Record<string, string> => {
  if (expected === 'anything') return {};
  return expected === 'absent' ? { 'if-none-match': '*' } : { 'if-match': `"${expected.version}"` };
};

const ASYNC = { prefer: 'respond-async' };

export interface SecretInput {
  key: string;
  value: string;
  description?: string;
  tags: Tag[];
}

/** Resolves with the id of the operation as soon as the write is queued. */
export const putSecret = async (
  tenant: string,
  namespace: string,
  body: SecretInput,
  expected: Expected,
): Promise<string> => {
  const headers = { ...ASYNC, ...conditionOf(expected) };
  return (await request<{ id: string }>('PUT', secretsPath(tenant, namespace), { body, headers })).body.id;
};

export const patchSecret = async (
  tenant: string,
  namespace: string,
  key: string,
  body: { description: string; tags: Tag[] },
  expected: Expected,
): Promise<string> => {
  const path = `${secretsPath(tenant, namespace)}/${part(key)}`;
  const headers = { ...ASYNC, ...conditionOf(expected) };
  return (await request<{ id: string }>('PATCH', path, { body, headers })).body.id;
};

export const deleteSecret = async (
  tenant: string,
  namespace: string,
  key: string,
  expected: Expected,
): Promise<string> => {
  const path = `${secretsPath(tenant, namespace)}/${part(key)}`;
  const headers = { ...ASYNC, ...conditionOf(expected) };
  return (await request<{ id: string }>('DELETE', path, { headers })).body.id;
};

/** Resolves when no instance serves what it had cached before; what the store has counts from then on. */
export const dropCached = async (tenant: string, namespace: string, key: string): Promise<void> => {
  await request('DELETE', cofferPath(tenant, `/namespaces/${part(namespace)}/cache/${part(key)}`));
};

/** Whether lists tell that the secret was changed in its store without Coffer. */
export const ignoreDrift = async (tenant: string, namespace: string, key: string, ignored: boolean): Promise<void> => {
  const path = `/namespaces/${part(namespace)}/ignored-drift/${part(key)}`;
  await request(ignored ? 'PUT' : 'DELETE', cofferPath(tenant, path));
};

export const readOperation = async (tenant: string, id: string): Promise<Operation> =>
  (await request<Operation>('GET', cofferPath(tenant, `/operations/${part(id)}`))).body;
