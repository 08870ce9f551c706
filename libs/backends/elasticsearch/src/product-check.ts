import { propertyOf } from '@coffer/backend-contract';
import { CofferError } from '@coffer/secrets';
import { Client, SniffingTransport, type ClientOptions } from '@elastic/elasticsearch';
import { STORE } from './capabilities.js';

type TransportOptions = ConstructorParameters<typeof SniffingTransport>[0];

/**
 * Asks in plain JSON whoever answers. The client's own transport asks for a media type of Elasticsearch 8, and takes no
 * answer from anything that does not say that it is Elasticsearch.
 */
class PlainTransport extends SniffingTransport {
  constructor({ productCheck: _check, vendoredHeaders: _headers, ...options }: TransportOptions) {
    super(options);
  }
}

const textOf = (thing: unknown, name: string): string => {
  const text = propertyOf(thing, name);
  return typeof text === 'string' ? text : '';
};

const refusal = (version: string): CofferError =>
  new CofferError(
    'configuration',
    `${STORE}: client.httpHosts of kestra.elasticsearch (or coffer.elasticsearch, or a manager's cluster) is the address of ` +
      `OpenSearch ${version}, which is not supported yet: set it to a cluster of Elasticsearch 8, or choose another ` +
      'store with kestra.secret.type',
    { store: STORE },
  );

interface Answer {
  readonly headers?: unknown;
  readonly body?: unknown;
}

/**
 * What `GET /` of OpenSearch 2 and 3 says: https://docs.opensearch.org/latest/api-reference/cluster-api/info. The number
 * may be that of an Elasticsearch (`compatibility.override_main_response_version` of OpenSearch 2); the rest may not.
 */
const versionOf = ({ body }: Answer): string | undefined => {
  const version = propertyOf(body, 'version');
  const named = propertyOf(version, 'distribution') === 'opensearch';
  if (!named && !textOf(body, 'tagline').startsWith('The OpenSearch Project')) return undefined;
  return /^\d{1,4}(\.\d{1,4}){0,3}/.exec(textOf(version, 'number'))?.[0] ?? 'of unknown version';
};

/**
 * How OpenSearch's security plugin refuses who may not ask that:
 * https://docs.opensearch.org/latest/troubleshoot/security (403) and the realm of its challenge (401).
 */
const isRefusedByOpenSearch = ({ headers, body }: Answer): boolean =>
  textOf(headers, 'www-authenticate').includes('OpenSearch Security') ||
  /^no permissions for \[cluster:monitor\/main\]/i.test(textOf(propertyOf(body, 'error'), 'reason'));

/** Elasticsearch says so with every answer, refusals among them, so that its user needs no privilege for this. */
const judge = (answer: Answer): void => {
  if (propertyOf(answer.headers, 'x-elastic-product') === 'Elasticsearch') return;
  const version = versionOf(answer) ?? (isRefusedByOpenSearch(answer) ? 'of unknown version' : undefined);
  if (version !== undefined) throw refusal(version);
};

/**
 * Throws `configuration` where the cluster answers as OpenSearch does. Does nothing for any other answer and for none:
 * the calls that follow tell what is wrong then.
 */
export const refuseOpenSearch = async (options: ClientOptions, signal: AbortSignal): Promise<void> => {
  const client = new Client({ ...options, Transport: PlainTransport });
  try {
    judge(await client.transport.request({ method: 'GET', path: '/' }, { signal, meta: true }));
  } catch (thrown) {
    if (CofferError.is(thrown)) throw thrown;
    const answer = propertyOf(thrown, 'meta');
    if (answer !== undefined) judge(answer as Answer);
  } finally {
    await client.close();
  }
};
