import type { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import { showPath, type Step } from '../key-case.js';
import type { Loading } from '../loading.js';
import { at } from '../tree.js';
import { flag, httpUrl, listOf, secretText, text } from './scalars.js';

const client = {
  httpHosts: listOf(httpUrl)
    .optional()
    .describe('The addresses of the nodes; http://localhost:9200 where none is given.'),
  trustAllSsl: flag.default(false).describe('Takes any certificate: for development alone.'),
};
const basicAuth = {
  username: text.meta({ description: 'The name of the user.', auth: 'basic' }),
  password: secretText.meta({ description: 'The password of the user.', auth: 'basic' }),
};
const defaults = { indicePrefix: text.default('kestra_').describe('Begins the name of every index.') };

/** `kestra.elasticsearch`, of which Coffer needs a part. */
export const kestraElasticsearch = z.object({
  client: z.object({ ...client, basicAuth: z.object(basicAuth).optional() }).prefault({}),
  defaults: z.object(defaults).prefault({}),
});

/** `coffer.elasticsearch`: the same, nothing else, and what Kestra has no words for. */
export const cofferElasticsearch = z.strictObject({
  client: z.strictObject({ ...client, basicAuth: z.strictObject(basicAuth).optional() }).prefault({}),
  defaults: z.strictObject(defaults).prefault({}),
  /** Wins over `client.basicAuth`. */
  apiKey: secretText
    .optional()
    .meta({ description: 'An API key, as Elasticsearch shows it encoded; wins over the user.', auth: 'API key' }),
  /** PEM, or the name of a file that holds it. */
  ca: text.optional().describe('PEM of the authorities to trust, or the name of a file that holds it.'),
});

export interface ElasticsearchCluster {
  readonly hosts: readonly string[];
  readonly auth?:
    | { readonly kind: 'basic'; readonly username: string; readonly password: SecretValue }
    | { readonly kind: 'api-key'; readonly apiKey: SecretValue };
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** Whether any certificate is taken: for development alone. */
  readonly trustAllSsl: boolean;
  /** Begins the name of every index. */
  readonly indexPrefix: string;
}

/** `coffer.elasticsearch` over `kestra.elasticsearch`. */
export const resolveElasticsearchCluster = (loading: Loading): ElasticsearchCluster | undefined => {
  const owner = at(loading.tree, ['coffer', 'elasticsearch']) === undefined ? 'kestra' : 'coffer';
  return readElasticsearchCluster(loading.overridden('elasticsearch'), [owner, 'elasticsearch'], loading);
};

/** Adds problems and notices; `undefined` for what is no cluster. */
export const readElasticsearchCluster = (
  value: unknown,
  path: readonly Step[],
  loading: Loading,
): ElasticsearchCluster | undefined => {
  const { problems, notices } = loading;
  const settings = problems.check(cofferElasticsearch, value, path);
  if (settings === undefined) return undefined;
  const { client, defaults, apiKey } = settings;
  const hosts = client.httpHosts ?? [];
  if (hosts.length === 0) {
    notices.push(`${showPath([...path, 'client', 'httpHosts'])} is not set: http://localhost:9200 is used`);
    hosts.push('http://localhost:9200');
  }
  if (client.trustAllSsl) {
    notices.push(
      `${showPath([...path, 'client', 'trustAllSsl'])}: certificates are not checked, for development alone`,
    );
  }
  const ca = settings.ca === undefined ? undefined : loading.readPem(settings.ca, [...path, 'ca']);
  const auth: ElasticsearchCluster['auth'] =
    apiKey !== undefined
      ? { kind: 'api-key', apiKey }
      : client.basicAuth === undefined
        ? undefined
        : { kind: 'basic', ...client.basicAuth };
  return {
    hosts,
    ...(auth === undefined ? {} : { auth }),
    ...(ca === undefined ? {} : { ca }),
    trustAllSsl: client.trustAllSsl,
    indexPrefix: defaults.indicePrefix,
  };
};
