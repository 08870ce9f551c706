import { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import { addressText, httpAddress, parseHttpAddress } from '../address/http-address.js';
import { showPath, type Step } from '../key-case.js';
import type { LoadContext } from '../load-context.js';
import { at, merge, treeAt, withLeaf } from '../tree.js';
import { clientTls, resolveClientTls, type ClientTls } from './client-tls.js';
import { httpHeaders, type HttpHeader } from './elasticsearch-headers.js';
import { readOfKestra, type ReadGroup } from './read-of-kestra.js';
import { flag, listOf, secretText, text, word } from './scalars.js';

const PREFIXED = 'http://host/elasticsearch';

const node = httpAddress({
  example: 'https://host:9200',
  path: true,
  ownPath: { name: '/_…', pattern: /\/_(search|bulk|doc|cat|cluster|nodes|security|count|mget|msearch)(\/.*)?$/ },
});

/** Without slashes at its ends. */
const pathPrefix = addressText('a path such as /elasticsearch', (value) => {
  const path = value.replace(/^\ufeff/, '').trim();
  return parseHttpAddress(`http://host/${path}`, { example: PREFIXED, path: true }).slice('http://host'.length);
});

const client = {
  httpHosts: listOf(node).optional().describe('The addresses of the nodes; http://localhost:9200 where none is given.'),
  headers: httpHeaders.optional().describe('Sent with every request, each as `NAME: VALUE`; kept secret.'),
  pathPrefix: pathPrefix.optional().describe('Put in front of the path of every request, as a proxy may need it.'),
  trustAllSsl: flag.default(false).describe('Takes any certificate: for development alone.'),
  strictDeprecationMode: flag.optional().describe('Kestra’s; of no use to Coffer.'),
};
const basicAuth = {
  username: text.meta({ description: 'The name of the user.', auth: 'basic' }),
  password: secretText.meta({ description: 'The password of the user.', auth: 'basic' }),
};
const defaults = { indicePrefix: text.default('kestra_').describe('Begins the name of every index.') };

/** `kestra.elasticsearch`, of which Coffer needs a part. */
export const kestraElasticsearch = z.looseObject({
  client: z.looseObject({ ...client, basicAuth: z.looseObject(basicAuth).optional() }).prefault({}),
  defaults: z.object(defaults).prefault({}),
});

/** What Elasticsearch shows as `encoded`; its `id` and `api_key` joined by a colon are the same, not encoded. */
const apiKey = word
  .transform((key) => new SecretValue(key.includes(':') ? Buffer.from(key).toString('base64') : key))
  .meta({ type: 'text, kept secret', form: 'word' });

/** `coffer.elasticsearch`: the same, nothing else, and what Kestra has no words for. */
export const cofferElasticsearch = z.strictObject({
  client: z.strictObject({ ...client, basicAuth: z.strictObject(basicAuth).optional() }).prefault({}),
  defaults: z.strictObject(defaults).prefault({}),
  apiKey: apiKey.optional().meta({
    description: 'An API key, as Elasticsearch shows it encoded; wins over a user of `kestra.elasticsearch`.',
    auth: 'API key',
  }),
  /** For addresses that begin with `https:`. */
  ...clientTls,
});

export interface ElasticsearchCluster extends ClientTls {
  /** Base addresses, a path prefix included. */
  readonly hosts: readonly string[];
  /** Sent with every request. */
  readonly headers: readonly HttpHeader[];
  readonly auth?:
    | { readonly kind: 'basic'; readonly username: string; readonly password: SecretValue }
    | { readonly kind: 'api-key'; readonly apiKey: SecretValue };
  /** Whether any certificate is taken: for development alone. */
  readonly trustAllSsl: boolean;
  /** Begins the name of every index. */
  readonly indexPrefix: string;
}

/** What is read of each group of `kestra.elasticsearch`; other groups are Kestra's alone. */
const READ: readonly ReadGroup[] = [
  [[], ['client', 'defaults']],
  [['client'], [...Object.keys(client), 'basicAuth']],
  [['client', 'basicAuth'], Object.keys(basicAuth)],
];

/** Coffer's own API key wins over Kestra's user. */
const withoutUser = (kestras: unknown): unknown =>
  treeAt(kestras, ['client', 'basicAuth']) === undefined
    ? kestras
    : withLeaf(kestras, ['client', 'basicAuth'], undefined);

/** `coffer.elasticsearch` over `kestra.elasticsearch`. */
export const resolveElasticsearchCluster = (context: LoadContext): ElasticsearchCluster | undefined => {
  const own = at(context.tree, ['coffer', 'elasticsearch']);
  const kestras = readOfKestra(['kestra', 'elasticsearch'], READ, context);
  const merged = merge(at(own, ['apiKey']) === undefined ? kestras : withoutUser(kestras), own) ?? {};
  return readElasticsearchCluster(merged, [own === undefined ? 'kestra' : 'coffer', 'elasticsearch'], context);
};

type Settings = z.output<typeof cofferElasticsearch>;

/** Adds errors. */
const authOf = (
  { client, apiKey }: Settings,
  path: readonly Step[],
  { errors }: LoadContext,
): ElasticsearchCluster['auth'] => {
  const byHeader = client.headers?.some(({ name }) => name === 'authorization') === true;
  if (byHeader && (apiKey !== undefined || client.basicAuth !== undefined)) {
    const other = apiKey === undefined ? 'client.basicAuth' : 'apiKey';
    errors.add([...path, 'client', 'headers'], `must not set authorization beside ${other}: keep one of them`);
  }
  if (apiKey !== undefined && client.basicAuth !== undefined) {
    errors.add([...path, 'apiKey'], 'must not be beside client.basicAuth: keep one of them');
  }
  if (apiKey !== undefined) return { kind: 'api-key', apiKey };
  return client.basicAuth === undefined ? undefined : { kind: 'basic', ...client.basicAuth };
};

/** Adds errors and warnings; `undefined` for what is no cluster. */
export const readElasticsearchCluster = (
  value: unknown,
  path: readonly Step[],
  context: LoadContext,
): ElasticsearchCluster | undefined => {
  const { errors, warnings } = context;
  const settings = errors.check(cofferElasticsearch, value, path);
  if (settings === undefined) return undefined;
  const { client, defaults } = settings;
  const hosts = client.httpHosts ?? [];
  const warn = (name: string, text: string): number => warnings.push(`${showPath([...path, 'client', name])}${text}`);
  if (hosts.length === 0) {
    warn('httpHosts', ' is not set: http://localhost:9200 is used');
    hosts.push('http://localhost:9200');
  }
  if (client.trustAllSsl && settings.ca !== undefined) {
    errors.add([...path, 'ca'], 'has no effect: client.trustAllSsl takes any certificate; remove one of them');
  }
  if (client.trustAllSsl) warn('trustAllSsl', ': certificates are not checked, for development alone');
  if (client.strictDeprecationMode === true) warn('strictDeprecationMode', ' has no effect');
  const speaksTls = hosts.every((host) => host.startsWith('https:'));
  const address = `each address of ${showPath([...path, 'client', 'httpHosts'])} must begin with https:`;
  const tls = resolveClientTls(settings, path, { speaksTls, address }, context);
  const auth = authOf(settings, path, context);
  return {
    hosts: hosts.map((host) => `${host}${client.pathPrefix ?? ''}`),
    headers: client.headers ?? [],
    ...(auth === undefined ? {} : { auth }),
    ...tls,
    trustAllSsl: client.trustAllSsl,
    indexPrefix: defaults.indicePrefix,
  };
};
