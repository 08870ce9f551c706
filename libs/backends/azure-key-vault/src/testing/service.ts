import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SecretValue } from '@coffer/secrets';
import type { AzureKeyVaultOptions } from '../open.js';

type Credentials = AzureKeyVaultOptions['credentials'];

/** Known to the directory; what it may do in the vault is the service's affair. */
export type Role = '' | 'FORBIDDEN_' | 'READER_' | 'WRITER_';

const variable = (name: string): string | undefined => process.env[`COFFER_TEST_AZURE_${name}`] || undefined;

/** The certificate and key (PEM) of the proxy, for 127.0.0.1. */
export const proxyTls = (): { readonly cert: string; readonly key: string } => {
  const [cert, key] = [variable('PROXY_CERT_FILE'), variable('PROXY_KEY_FILE')];
  if (cert === undefined || key === undefined) throw missing('COFFER_TEST_AZURE_PROXY_CERT_FILE and _KEY_FILE');
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
};

const missing = (what: string): Error =>
  new Error(`${what} is not set: run the tests by 'npm test', or start the server with 'npm run servers -- up'`);

/** The authorities of the service and of the proxy, for this whole process. */
export const trusted = (): string[] =>
  [variable('CA_FILE'), variable('PROXY_CERT_FILE')].flatMap((file) =>
    file === undefined ? [] : [readFileSync(file, 'utf8')],
  );

/** The vault of the environment. Throws a sentence where it is missing: no suite skips itself. */
export const vaultUnderTest = (): string => {
  const url = variable('URL');
  if (url === undefined) throw missing('COFFER_TEST_AZURE_URL');
  setDefaultCACertificates([...new Set([...getCACertificates('default'), ...trusted()])]);
  const authority = variable('AUTHORITY_HOST');
  if (authority !== undefined) process.env['AZURE_AUTHORITY_HOST'] = authority;
  return url;
};

/** An empty vault where the service makes such, with what ends it; else the vault of the environment. */
export const vaultOfOwn = async (): Promise<{ readonly url: string; end(): Promise<void> }> => {
  const shared = vaultUnderTest();
  const [service, secret = ''] = [variable('NEW_VAULT'), variable('CLIENT_SECRET')];
  if (service === undefined) return { url: shared, end: async () => undefined };
  const url = await ask('POST', service, secret);
  return { url, end: async () => void (await ask('DELETE', `${service}/${new URL(url).port}`, secret)) };
};

/** Not `fetch`, whose authorities are those that the process began with. */
const ask = async (method: string, url: string, secret: string): Promise<string> => {
  const asking = request(url, { method, headers: { 'x-secret': secret }, agent: false });
  asking.end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  const text = Buffer.concat(await answer.toArray()).toString('utf8');
  if (answer.statusCode === undefined || answer.statusCode >= 300) throw new Error(`no vault: ${answer.statusCode}`);
  return text === '' ? '' : (JSON.parse(text) as { readonly url: string }).url;
};

/** A fixed token, a client's secret, or the default chain, whichever the environment has. */
export const credentialsOf = (role: Role = ''): Credentials | undefined => {
  const token = variable('TOKEN');
  if (role === '' && token !== undefined) {
    return { token: { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) } };
  }
  const [tenantId, clientId] = [variable('TENANT_ID'), variable(`${role}CLIENT_ID`)];
  const secret = variable(`${role}CLIENT_SECRET`);
  if (tenantId !== undefined && clientId !== undefined && secret !== undefined) {
    return { clientSecret: { tenantId, clientId, clientSecret: new SecretValue(secret) } };
  }
  return role === '' ? {} : undefined;
};

/** What must never be seen in an error. */
export const canaries = (): string[] =>
  ['CLIENT_SECRET', 'TOKEN'].flatMap((name) => {
    const value = variable(name);
    return value === undefined ? [] : [value];
  });
