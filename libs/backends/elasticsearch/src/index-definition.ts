import { propertyOf } from '@coffer/backend-contract';
import { CofferError } from '@coffer/secrets';
import { STORE } from './capabilities.js';

/** Raised when the mapping changes in a way that an older version could not read. */
const LAYOUT = 1;

/** Milliseconds between two refreshes: a write waits for the next one, so that lists show what was acknowledged. */
const REFRESH_INTERVAL = '50ms';

export interface IndexNames {
  readonly index: string;
  /**
   * An alias of the index, through which everything is written with `require_alias`. Without it Elasticsearch would
   * make an index of its own, with a mapping of its own, when a write meets an index that was deleted.
   */
  readonly writeAlias: string;
}

/** https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create, the rules for names. */
const FORBIDDEN = /[\\/*?"<>| ,#:\p{Cc}]/u;
const MAX_NAME_BYTES = 255;

/** Throws `configuration` for a prefix with which no index can be named. */
export const indexNames = (prefix: string): IndexNames => {
  const names = { index: `${prefix}secrets`, writeAlias: `${prefix}secrets_write` };
  const wrong =
    /^[-_+]/.test(prefix) ||
    FORBIDDEN.test(prefix) ||
    prefix !== prefix.toLowerCase() ||
    Buffer.byteLength(names.writeAlias) > MAX_NAME_BYTES;
  if (wrong) {
    throw new CofferError(
      'configuration',
      `the index prefix cannot begin the name of an index: Elasticsearch wants lower case, none of \\ / * ? " < > | # , : ` +
        `and no space, no -, _ or + in front, and at most ${MAX_NAME_BYTES} bytes with 'secrets_write'`,
    );
  }
  return names;
};

const keyword = { type: 'keyword' } as const;

export const indexDefinition = ({ writeAlias }: IndexNames) => ({
  aliases: { [writeAlias]: {} },
  settings: {
    index: {
      number_of_shards: 1,
      auto_expand_replicas: '0-1',
      refresh_interval: REFRESH_INTERVAL,
      // What is acknowledged is on the disk, whatever a template of the cluster says.
      translog: { durability: 'request' },
    },
  },
  mappings: {
    dynamic: 'strict',
    _meta: { coffer: { layout: LAYOUT } },
    properties: {
      tenant: keyword,
      namespace: keyword,
      key: keyword,
      fence: { type: 'long', coerce: true },
      revision: { type: 'long' },
      changed: { type: 'long' },
      deleted: { type: 'boolean' },
      value: { type: 'binary' },
      description: { type: 'text' },
      tags: { dynamic: 'strict', properties: { key: keyword, value: keyword } },
    },
  },
});

const refuse = (message: string): CofferError => new CofferError('configuration', `${STORE}: ${message}`);

/** Throws `configuration` unless what the name stands for is one index of Coffer's own that this version can use. */
export const assertUsable = (described: unknown, { index, writeAlias }: IndexNames): void => {
  const [only, ...others] = Object.values((described ?? {}) as Record<string, unknown>);
  if (others.length > 0) throw refuse(`'${index}' stands for several indices; it must be one`);
  const layout = propertyOf(only, 'mappings', '_meta', 'coffer', 'layout');
  if (typeof layout !== 'number') {
    throw refuse(`the index '${index}' is not Coffer's; choose another elasticsearch.defaults.indicePrefix`);
  }
  if (layout > LAYOUT) {
    throw refuse(`the index '${index}' was last used by a newer version of Coffer; start that version or a later one`);
  }
  if (propertyOf(only, 'aliases', writeAlias) === undefined) {
    throw refuse(`the index '${index}' lacks its alias '${writeAlias}', through which Coffer writes; add it`);
  }
};
