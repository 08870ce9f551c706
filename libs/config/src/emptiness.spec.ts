import { stringify } from 'yaml';
import { showPath, type Step } from './key-case.js';
import { loadText, refusal } from './load.fixture.js';
import { rootSchema } from './schema/root.js';
import { STORE_TYPES } from './schema/store.js';
import { shapeOf, type Schema } from './schema-shape.js';
import { withLeaf } from './tree.js';

/** Every group, list and setting of the schema; an entry of a list is its first, a map has an entry `name`. */
const placesOf = (schema: Schema, path: readonly Step[] = []): (readonly Step[])[] => {
  const shape = shapeOf(schema);
  const here = path.length === 0 ? [] : [path];
  switch (shape.kind) {
    case 'group':
      return [...here, ...[...shape.keys.values()].flatMap((key) => placesOf(key.schema, [...path, key.name]))];
    case 'list':
      return [...here, ...placesOf(shape.item, [...path, 0])];
    case 'map':
      return [...here, [...path, 'name']];
    case 'leaf':
      return here;
  }
};

const places = placesOf(rootSchema).map((path) => [showPath(path), path] as const);

/** Where an empty setting is the same as none, which lets in less or changes nothing. */
const SAME_AS_ABSENT = [
  'kestra',
  'coffer',
  'coffer.access',
  'coffer.access.tokens',
  'coffer.access.users',
  'coffer.access.issuers',
  'coffer.access.breakGlass',
  'coffer.access.certificates',
  'coffer.access.roles',
  'coffer.datasource.password',
  'coffer.managers[0].jdbc.datasource.password',
  'kestra.secret.jdbc.datasource.password',
  'datasources.postgres.password',
  'datasources.mysql.password',
  'datasources.h2.password',
];
/** Where `''`, written so, is a value. */
const WRITTEN = [
  'kestra.secret.jdbc.prefix',
  'kestra.secret.vault.secretPathPrefix',
  'coffer.managers[0].jdbc.prefix',
  'coffer.managers[0].vault.secretPathPrefix',
];
/** What Coffer does not look at, or only to choose between several datasources. */
const NOT_USED =
  /^datasources(\.(postgres|mysql|h2))?$|^kestra\.(repository|queue)(\.type)?$|\.isolation(\.name)?$|\.properties\.name$/;

/** A configuration of which the place is looked at: its store's type, its datasource. */
const around = (path: readonly Step[]): unknown => {
  const shown = showPath(path);
  const manager = path[1] === 'managers' ? 3 : 2;
  const section = path[manager];
  const type = STORE_TYPES.find((known) => known.replaceAll('-', '') === String(section).toLowerCase()) ?? 'jdbc';
  const needed = type === 'jdbc' ? { jdbc: { secret: 'x' } } : {};
  if (shown.startsWith('datasources.')) return { kestra: { secret: { type: 'jdbc', ...needed } } };
  if (shown.startsWith('kestra.elasticsearch')) return { kestra: { secret: { type: 'elasticsearch' } } };
  if (shown.startsWith('coffer.elasticsearch')) return { kestra: { secret: { type: 'elasticsearch' } } };
  if (manager === 3) return { coffer: { managers: [{ namespace: '*', type, ...needed }] } };
  if (shown.startsWith('kestra.secret.')) return { kestra: { secret: { type, ...needed } } };
  return {};
};

/** Beside a datasource's setting its address, without which it is none. */
const beside = (path: readonly Step[], value: unknown): unknown => {
  const tree = withLeaf(around(path), path, value);
  const shown = showPath(path);
  if (!/^datasources\.\w+\.|^coffer\.datasource\.|\.jdbc\.datasource\./.test(shown) || shown.endsWith('.url')) {
    return tree;
  }
  return withLeaf(tree, [...path.slice(0, -1), 'url'], 'jdbc:postgresql://h/d');
};

/** What is said about a configuration; nothing when it is right. */
const said = (tree: unknown): string => {
  try {
    loadText(stringify(tree));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

/** The settings that are not refused with `text` when they hold `value`. */
const accepted = (value: unknown, text: string): string[] =>
  strict.filter(([name, path]) => !said(beside(path, value)).includes(`${name} ${text}`)).map(([name]) => name);

const looked = places.filter(([name]) => !NOT_USED.test(name));
const strict = looked.filter(([name]) => !SAME_AS_ABSENT.includes(name));

describe('a setting that is there and empty', () => {
  it('is looked for in the whole schema', () => {
    const names = places.map(([name]) => name);
    expect(names.length).toBeGreaterThan(250);
    expect([...SAME_AS_ABSENT, ...WRITTEN].filter((name) => !names.includes(name))).toEqual([]);
  });

  it('is refused by its name where it has no value', () => {
    expect(accepted(null, 'is given without a value; give it one, or remove it')).toEqual([]);
  });

  it('is refused by its name, and that of the variable that leaves it empty', () => {
    const text = 'is empty: the variable NOT_SET holds nothing; give it a value, or remove the setting';
    expect(accepted('${NOT_SET:}', text)).toEqual([]);
  });

  it('is refused where it is written empty, unless that is a value', () => {
    const own = accepted('', 'is empty; give it a value, or remove it').filter((name) => !name.endsWith('.name'));
    expect(own.sort()).toEqual([...WRITTEN].sort());
  });

  it.each(SAME_AS_ABSENT)('%s may be empty', (name) => {
    const [, path] = places.find(([each]) => each === name) ?? [];
    for (const value of [null, '${NOT_SET:}', '']) expect(said(beside(path ?? [], value))).not.toContain(`${name} is `);
  });

  it.each(['filterOnTags', 'excludedTags'])('%s names at least one tag, with a value', (name) => {
    const secret = { type: 'aws-secret-manager', awsSecretManager: { [name]: {} } };
    expect(said({ kestra: { secret } })).toContain(`${name} must name at least one tag`);
    const unnamed = { ...secret, awsSecretManager: { [name]: { team: '' } } };
    expect(said({ kestra: { secret: unnamed } })).toContain(`${name}.team is empty`);
  });

  it.each(['ssl.truststore.certificates', 'ssl.truststore.location', 'ssl.keystore.key', 'security.protocol'])(
    'Kafka’s %s is refused',
    (name) => {
      const properties = (value: unknown) => ({
        kestra: {
          kafka: { client: { properties: { 'bootstrap.servers': 'k:1', 'security.protocol': 'SSL', [name]: value } } },
        },
      });
      for (const value of ['', null, '${NOT_SET:}']) {
        expect(said(properties(value))).toMatch(
          new RegExp(`kestra\\.kafka\\.client\\.properties\\.${name.replaceAll('.', '\\.')} is (empty|given)`),
        );
      }
    },
  );

  it('switches the check of the broker’s name off only when it is written', () => {
    const properties = (value: unknown) => ({
      'bootstrap.servers': 'k:1',
      'security.protocol': 'SSL',
      'ssl.endpoint.identification.algorithm': value,
    });
    const load = (value: unknown) =>
      loadText(stringify({ kestra: { kafka: { client: { properties: properties(value) } } } })).kafka?.tls;
    expect(load('')).toMatchObject({ verifyHostname: false });
    expect(refusal(() => load('${NOT_SET:}'))).toContain('ssl.endpoint.identification.algorithm is empty');
    expect(refusal(() => load(null))).toContain('ssl.endpoint.identification.algorithm is given without a value');
  });

  it.each([
    ['KESTRA_SECRET_READONLY', 'kestra.secret.readOnly'],
    ['COFFER_ACCESS_TOKENS_0_GRANTS_0_NAMESPACE', 'coffer.access.tokens[0].grants[0].namespace'],
    ['COFFER_MANAGERS_0_NAMESPACE', 'coffer.managers[0].namespace'],
    ['KESTRA_KAFKA_CLIENT_PROPERTIES_SSL_TRUSTSTORE_CERTIFICATES', 'kestra.kafka.client.properties'],
  ])('is refused as the variable %s too', (name, path) => {
    const message = refusal(() => loadText('{}', { [name]: '' }));
    expect(message).toContain(`the variable ${name} is set and empty; give ${path}`);
  });

  it('is harmless where nothing uses it', () => {
    const { secret } = loadText(
      'kestra: {secret: {type: jdbc, vault: {namespace: "${N:}"}, jdbc: {secret: x}}, repository: {type: }}',
    );
    expect(secret?.type).toBe('jdbc');
  });

  it('is not hidden by what an earlier source says', () => {
    const text = 'kestra.secret: {type: jdbc, jdbc: {secret: x, prefix: a}}\n---\nkestra.secret.jdbc.prefix:\n';
    expect(refusal(() => loadText(text))).toContain('kestra.secret.jdbc.prefix is given without a value');
  });
});

describe('what a grant and a manager are for', () => {
  const grants = (grant: object) => ({ coffer: { access: { tokens: [{ id: 'a', hash: 'b', grants: [grant] }] } } });
  const permissions = ['resolve'];

  it.each([
    ['tenant', { namespace: 'company', permissions }],
    ['namespace', { tenant: 'main', permissions }],
  ])('a grant names its %s', (name, grant) => {
    expect(said(grants(grant))).toBe(`configuration: coffer.access.tokens[0].grants[0].${name} is missing`);
  });

  it('every namespace is granted by * alone', () => {
    const load = (namespace: string) => loadText(stringify(grants({ tenant: 'main', namespace, permissions }))).access;
    expect(load('*').tokens[0]?.grants[0]?.namespace).toBe('*');
    expect(refusal(() => load(' '))).toContain('namespace is empty');
  });

  it('a manager names its namespace, or * for the whole tenant', () => {
    const load = (scope: object) =>
      loadText(stringify({ coffer: { managers: [{ type: 'azure-key-vault', ...scope }] } })).managers;
    expect(load({ namespace: '*' })).toMatchObject([{ tenant: 'main' }]);
    expect(load({ namespace: '*' })[0]).not.toHaveProperty('namespace');
    expect(refusal(() => load({ tenant: 'acme' }))).toContain('coffer.managers[0].namespace is missing');
  });
});

it('settings whose placeholders leave them empty are refused with all variables that they name', () => {
  const tree = { coffer: { redis: { url: '${A:}${B:}' } } };
  expect(said(tree)).toContain('coffer.redis.url is empty: the variables A and B hold nothing; give it a value');
});

it('an entry of a list in a map is refused by its place', () => {
  const certificates = [{ id: 'a', bindings: [{ when: { uri: ['x', null] } }] }];
  expect(said({ coffer: { access: { certificates } } })).toContain(
    'coffer.access.certificates[0].bindings[0].when.uri[1] is given without a value',
  );
});
