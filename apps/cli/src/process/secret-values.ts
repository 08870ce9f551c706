import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { CofferError } from '@coffer/secrets';
import { detailOf, type GatewayClient } from '../gateway-client.js';
import { parseReference, type SecretReference } from './secret-reference.js';

/** What a path of Coffer's answers. Throws what the gateway says is wrong, an absent secret too. */
const get = async (gateway: GatewayClient, path: string): Promise<object> => {
  const { status, body } = await gateway.call('GET', path);
  if (status === 200 && typeof body === 'object' && body !== null) return body;
  throw new CofferError('not-found', `the gateway answered ${status}: ${detailOf(body)}`);
};

/** Every value that a namespace sees, by key. */
export const valuesOfNamespace = async (
  gateway: GatewayClient,
  namespace: string,
  inherit: boolean,
): Promise<ReadonlyMap<string, string>> => {
  const path = `/namespaces/${encodeURIComponent(namespace)}/values?inherit=${inherit}`;
  const { values } = (await get(gateway, path)) as { readonly values?: Readonly<Record<string, string>> };
  return new Map(Object.entries(values ?? {}));
};

const valueOfReference = async (
  gateway: GatewayClient,
  { namespace, key, subkey }: SecretReference,
): Promise<string> => {
  const query = subkey === undefined ? '' : `?subkey=${encodeURIComponent(subkey)}`;
  const path = `/namespaces/${encodeURIComponent(namespace)}/values/${encodeURIComponent(key)}${query}`;
  const { value } = (await get(gateway, path)) as { readonly value?: unknown };
  if (typeof value !== 'string') throw new CofferError('invalid', 'the gateway did not answer with a value');
  return value;
};

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CofferError('configuration', `the file ${file} cannot be read (${code ?? 'unknown reason'})`);
  }
};

/** In such files `#` begins a comment, also in a reference that is not in quotes. */
const quoteReferences = (text: string): string =>
  text.replaceAll(/^(\s*(?:export\s+)?[\w.-]+\s*=\s*)(coffer:\/\/[^\s'"]+)/gm, '$1"$2"');

/** The variables of a file of lines `NAME=text`, with the value of the secret in place of each text that refers to one. */
export const valuesOfFile = async (
  file: string,
  cwd: string,
  gatewayOfTenant: (tenant: string | undefined) => GatewayClient,
): Promise<ReadonlyMap<string, string>> => {
  const values = new Map<string, string>();
  for (const [name, text = ''] of Object.entries(parseEnv(quoteReferences(read(resolve(cwd, file)))))) {
    try {
      const reference = parseReference(text);
      values.set(
        name,
        reference === undefined ? text : await valueOfReference(gatewayOfTenant(reference.tenant), reference),
      );
    } catch (error) {
      if (!CofferError.is(error)) throw error;
      throw new CofferError(error.code, `${name} of ${file}: ${error.message}`);
    }
  }
  return values;
};
