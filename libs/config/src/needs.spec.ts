import { stringify } from 'yaml';
import { refusal } from './load.fixture.js';
import { loadConfiguration } from './load.js';
import { neededOf, type Needs } from './needs.js';

const unset = (name: string): string => `\${NOT_SET_${name}}`;
const cache = { enabled: true, maximumSize: 7 };

/** Each part of it names a variable that is not set: it fails to load where that part is looked at. */
const parts = {
  stores: {
    kestra: { secret: { type: 'jdbc', readOnly: true, cache, jdbc: { secret: unset('STORES') } } },
    coffer: {
      managers: [{ tenant: 'main', namespace: 'a', cache, type: 'jdbc', jdbc: { secret: unset('STORES') } }],
      datasource: { url: 'jdbc:postgresql://db/coffer', password: unset('STORES') },
      elasticsearch: { client: { httpHosts: 'http://h:1' }, apiKey: unset('STORES') },
    },
    datasources: { postgres: { url: 'jdbc:postgresql://db/kestra', password: unset('STORES') } },
  },
  redis: { coffer: { redis: { url: `rediss://:${unset('REDIS')}@h` } } },
  webhooks: { coffer: { webhooks: [{ id: 'w', url: 'https://h/', secret: unset('WEBHOOKS') }] } },
};

const load = (settings: object, needs: Needs) =>
  loadConfiguration({
    ...{ env: {}, cwd: '/etc/coffer', needs },
    readFile: (path) => {
      if (path === '/etc/coffer/coffer.yml') return stringify(settings);
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    },
  });

it.each<[keyof typeof parts, Needs, Needs]>([
  ['redis', { stores: true, redis: true }, { stores: true, redis: false }],
  ['webhooks', { stores: true, redis: true }, { stores: true, redis: false }],
  ['webhooks', { stores: false, redis: false, webhooks: true }, { stores: true, redis: true, webhooks: false }],
])('the settings of %s are looked at with %j and not with %j', (part, needing, other) => {
  expect(refusal(() => load(parts[part], needing))).toContain(`NOT_SET_${part.toUpperCase()}`);
  expect(load(parts[part], other)).toBeDefined();
});

describe('a process without stores', () => {
  const without: Needs = { stores: false, redis: true };

  it('needs no secret of any, and knows how they are cached', () => {
    const settings = { ...parts.stores, coffer: { ...parts.stores.coffer, server: { port: 1_234 } } };
    const loaded = load(settings, without);
    expect(loaded.caches).toEqual([expect.objectContaining(cache), expect.objectContaining(cache)]);
    expect(loaded).toMatchObject({ readOnly: true, cache, managers: [], warnings: [], server: { port: 1_234 } });
    for (const name of ['secret', 'datasource']) expect(loaded).not.toHaveProperty(name);
    expect(refusal(() => load(settings, { stores: true, redis: true }))).toContain('NOT_SET_STORES');
  });

  it('loads what says nothing of stores', () => {
    expect(load({ coffer: { server: { port: 1_234 } } }, without).server.port).toBe(1_234);
    expect(load({ kestra: {} }, without).caches).toHaveLength(1);
    expect(load({}, without).managers).toEqual([]);
  });

  it('keeps the other settings of Kestra', () => {
    const kestra = { kafka: { client: { properties: { 'bootstrap.servers': 'kafka:9092' } } } };
    expect(load({ kestra }, without).kafka).toBeDefined();
  });

  it('needs no type of a store', () => {
    const managers = [{ tenant: 'main', namespace: 'a', cache }];
    expect(load({ coffer: { managers } }, without)).toMatchObject({ managers: [], caches: [{}, cache] });
  });

  it('has settings of everything else alone', () => {
    const [kafka, server] = [{ client: {} }, { port: '1' }];
    const stores = { secret: { type: 'jdbc', readOnly: 'true', cache: {}, jdbc: {} }, elasticsearch: {} };
    const all = {
      kestra: { kafka, ...stores },
      coffer: { server, datasource: {}, elasticsearch: {} },
      datasources: { mysql: {} },
    };
    expect(neededOf(all, without)).toStrictEqual({
      kestra: { kafka, secret: { readOnly: 'true', cache: {} } },
      coffer: { server },
      datasources: {},
    });
    expect(neededOf({ kestra: {} }, without)).toStrictEqual({ kestra: {}, datasources: {} });
    expect(neededOf({}, without)).toStrictEqual({ datasources: {} });
  });
});
