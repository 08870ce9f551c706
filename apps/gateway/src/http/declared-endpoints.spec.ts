import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PERMISSIONS } from '@coffer/access';
import { GATEWAY_ERROR_CODES, STORE_ERROR_CODES } from '@coffer/secrets';
import { DEFINITIONS } from '../fixture/controllers.js';
import { EndpointRouter } from './endpoint-router.js';
import { fullPaths, routePattern, type Access, type EndpointDefinition } from './endpoint/endpoint.js';
import { ERROR_TABLE, STATUS_TITLES } from './errors/error-table.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

const definitions: readonly EndpointDefinition[] = DEFINITIONS;

const OPEN = [
  ...['GET /ui', 'GET /ui/', 'GET /ui/{key}'],
  ...['DELETE /session', 'GET /', 'GET /health/live', 'GET /health/ready', 'GET /health/ready/writes'],
  ...['GET /session/issuers/{id}/callback', 'GET /session/issuers/{id}/start', 'GET /session/methods', 'POST /session'],
  'POST /coffer/v1/{tenant}/access/login',
  ...['approle/login', 'jwt/login', 'kubernetes/login', 'userpass/login/{path}'].flatMap((path) => [
    `POST /v1/auth/${path}`,
    `PUT /v1/auth/${path}`,
  ]),
  ...['GET /v1/sys/init', 'GET /v1/sys/health', 'GET /v1/sys/seal-status', 'GET /v1/sys/leader'],
];

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ vault: {} });
});
afterAll(() => api.app.close());

const isDeclared = (access: Access): boolean => {
  if (typeof access === 'string') return access === 'open' || access === 'authenticated';
  const named = 'inTenant' in access ? access.inTenant : [access.inNamespace];
  return named.length > 0 && named.every((permission) => PERMISSIONS.includes(permission));
};

describe('routes', () => {
  it('each declare a permission, and those open to everybody are the ones that may be', () => {
    expect(definitions.length).toBeGreaterThanOrEqual(16);
    expect(definitions.filter(({ access }) => !isDeclared(access))).toEqual([]);
    const open = definitions
      .filter(({ access }) => access === 'open')
      .flatMap((d) => fullPaths(d).map((p) => `${d.method} ${p || '/'}`));
    expect(open.sort()).toEqual(OPEN.toSorted());
  });

  it('are all there, and no other is', async () => {
    const idsOf = (all: readonly EndpointDefinition[]) => all.map(({ id }) => id).sort();
    expect(idsOf(api.app.get(EndpointRouter, { strict: false }).definitions)).toEqual(idsOf(definitions));
    const server = api.app.getHttpAdapter().getInstance();
    await server.ready();
    const declared = definitions.flatMap((d) => fullPaths(d).map((path) => [d.method, routePattern(path)] as const));
    for (const [method, url] of declared)
      expect([method, url, server.hasRoute({ method, url })]).toEqual([method, url, true]);
    const routes = server.printRoutes({ includeMeta: false });
    const served = [...routes.matchAll(/\(([A-Z, ]+)\)/g)].flatMap(([, methods = '']) => methods.split(', '));
    expect(served.filter((method) => method !== 'HEAD' && method !== 'OPTIONS')).toHaveLength(declared.length);
  });

  it.each(
    definitions
      .filter(({ access }) => access !== 'open')
      .flatMap((d) => fullPaths(d).map((p) => [d.method, p, d.access, d.face] as const)),
  )('%s %s lets nobody in without credentials, nor with no grant', async (method, path, access, face) => {
    const url = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => (name === 'tenant' ? 'main' : 'a'));
    const without = await api.app.inject({ method, url });
    if (face === 'vault') {
      const denied = [403, { errors: ['permission denied', expect.any(String)] }];
      expect([without.statusCode, without.json()]).toEqual(denied);
      if (access === 'authenticated') return;
      const ungranted = await api.call(method, url, { as: 'nobody' });
      expect([ungranted.statusCode, ungranted.json()]).toEqual(denied);
      return;
    }
    expect([without.statusCode, without.json().code]).toEqual([401, 'unauthorized']);
    expect(without.headers['www-authenticate']).toEqual([
      'Bearer realm="coffer"',
      'Basic realm="coffer", charset="UTF-8"',
    ]);
    if (access === 'authenticated') return;
    const ungranted = await api.call(method, url, { as: 'nobody' });
    expect([ungranted.statusCode, ungranted.json().code]).toEqual([403, 'forbidden']);
  });

  it('are refused when they declare nothing', async () => {
    const other = await openTestApi();
    const server = other.app.getHttpAdapter().getInstance();
    server.get('/undeclared', async () => ({ open: true }));
    const answer = await other.call('GET', '/undeclared');
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'forbidden']);
    await other.app.close();
  });
});

describe('error codes', () => {
  const text = readFileSync(join(__dirname, '../../../../docs/http-errors.md'), 'utf8');
  const rows = new Map(
    [...text.matchAll(/^\| `([a-z-]+)` +\| (\d{3}) +\| \S.* \|$/gm)].map(([, code = '', status]) => [
      code,
      Number(status),
    ]),
  );

  it.each([...STORE_ERROR_CODES, ...GATEWAY_ERROR_CODES])('%s is in the documentation with its status', (code) => {
    expect(rows.get(code)).toBe(ERROR_TABLE[code].status);
    expect(STATUS_TITLES[ERROR_TABLE[code].status]).toBeDefined();
  });

  it('that are documented exist', () => {
    expect([...rows.keys()].filter((code) => !Object.hasOwn(ERROR_TABLE, code))).toEqual([]);
  });
});

describe('/openapi.json', () => {
  interface Operation {
    readonly operationId: string;
    readonly summary: string;
    readonly 'x-coffer-access': unknown;
    readonly responses: object;
    readonly requestBody?: object;
    readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: object }[];
  }
  interface Description {
    readonly openapi: string;
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas: object };
  }
  const document = async () => (await api.call('GET', '/openapi.json')).json<Description>();

  it('describes every path and method, with parameters, body, answers and access', async () => {
    const { openapi, paths } = await document();
    expect(openapi).toBe('3.1.0');
    for (const definition of definitions) {
      for (const path of fullPaths(definition)) {
        const operation = paths[path]?.[definition.method.toLowerCase()];
        if (operation === undefined) throw new Error(`${definition.id} is not described`);
        expect(operation.summary).toBe(definition.summary);
        expect(operation['x-coffer-access']).toEqual(definition.access);
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(Object.keys(definition.answers)));
        expect(operation.requestBody !== undefined).toBe(definition.body !== undefined);
        const named = (operation.parameters ?? []).filter((p) => p.in === 'path').map(({ name }) => name);
        expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      }
    }
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has no reference that leads nowhere', async () => {
    const described = await document();
    const references = [...JSON.stringify(described).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter(([, name = '']) => !Object.hasOwn(described.components.schemas, name))).toEqual([]);
  });

  it('shows paging as whole numbers and flags as booleans', async () => {
    const { paths } = await document();
    const schemaOf = (path: string, wanted: string) =>
      paths[path]?.['get']?.parameters?.find(({ name }) => name === wanted)?.schema;
    expect(schemaOf('/api/v1/{tenant}/secrets', 'size')).toMatchObject({ type: 'integer', default: 10 });
    expect(schemaOf('/coffer/v1/{tenant}/namespaces/{namespace}/values/{key}', 'inherit')).toMatchObject({
      type: 'boolean',
      default: true,
    });
  });
});
