import { loadConfiguration, requireDistributed } from '@coffer/config';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { parse } from 'yaml';

const ROOT = join(__dirname, '../../../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string | number>>;
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly healthcheck: { readonly test: readonly unknown[] };
  readonly read_only?: boolean;
  readonly cap_drop: readonly string[];
  readonly deploy?: { readonly replicas: number };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const own = services.filter(([, { build }]) => build !== undefined);
const exampleNames = [...read('docker/env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '']) => name);

/** What make-env would print, without its need for a build. */
const env = Object.fromEntries(exampleNames.map((name) => [name, `${name.toLowerCase()}-${'x'.repeat(40)}`]));

/** What the service's container is given, of the variables above. */
const environmentOf = (service: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(compose.services[service]?.environment ?? {}).map(([name, value]) => [
      name,
      String(value).replace(/\$\{([A-Z_]+)[^}]*\}/, (_whole, key: string) => env[key] ?? ''),
    ]),
  );

const ALWAYS = ['COFFER_CONFIG', 'COFFER_ENCRYPTION_KEY', 'COFFER_TOKEN_HASH'];
const STORE = ['COFFER_JDBC_SECRET', 'POSTGRES_PASSWORD'];

describe('docker-compose.yml', () => {
  it.each([
    ['gateway-1', [...STORE, 'REDIS_PASSWORD'], { stores: true, redis: true }],
    ['gateway-2', [...STORE, 'REDIS_PASSWORD'], { stores: true, redis: true }],
    ['secret-worker', STORE, { stores: true, redis: false }],
    ['cache-invalidator', ['REDIS_PASSWORD'], { stores: false, redis: true }],
  ])('gives %s the secrets that it uses and no other, and they suffice', (service, secrets, needs) => {
    const given = environmentOf(service);
    expect(Object.keys(given).sort()).toEqual([...ALWAYS, ...secrets].sort());
    const options = { env: given, readFile: () => read('docker/coffer.yml'), needs };
    const configuration = requireDistributed(loadConfiguration(options), needs);
    expect(configuration.secret === undefined).toBe(!needs.stores);
    expect(configuration.redis === undefined).toBe(!needs.redis);
    expect(configuration.caches).toMatchObject([{ enabled: true }]);
    const main = read(`apps/${service.replace(/-\d$/, '')}/src/main.ts`);
    const said = `needs: { stores: ${needs.stores}, redis: ${needs.redis} }`;
    expect(main.includes(said)).toBe(!needs.stores || !needs.redis);
    for (const name of secrets) {
      const { [name]: _secret, ...less } = given;
      expect(() => loadConfiguration({ ...options, env: less })).toThrow(name);
    }
  });

  it('runs two of each role, by a command that the build makes', () => {
    const roles = own.flatMap(([, { command = [], deploy }]) =>
      Array.from({ length: deploy?.replicas ?? 1 }, () => command.join(' ')),
    );
    const commands = ['gateway', 'secret-worker', 'cache-invalidator'].map((role) => `dist/${role}.js`);
    expect(roles.sort()).toEqual([...commands, ...commands].sort());
    for (const command of commands) {
      expect(existsSync(join(ROOT, command.replace(/^dist\/(.*)\.js$/, 'apps/$1/src/main.ts')))).toBe(true);
    }
  });

  it('names only networks, volumes, services and files that are there', () => {
    for (const [, { networks, volumes, depends_on = {} }] of services) {
      for (const network of networks) expect(Object.keys(compose.networks)).toContain(network);
      for (const name of Object.keys(depends_on)) expect(Object.keys(compose.services)).toContain(name);
      for (const source of volumes.map((volume) => volume.split(':')[0] ?? '')) {
        if (source.startsWith('.')) expect(existsSync(join(ROOT, source))).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
  });

  it('pins every image, takes every capability away and asks every service for its health', () => {
    for (const [name, { image, cap_drop, healthcheck }] of services) {
      expect([name, image]).toEqual([
        name,
        expect.stringMatching(/^(coffer:local|[a-z/]+:\d+\.\d+(\.\d+)?(-[a-z]+)?)$/),
      ]);
      expect(cap_drop).toEqual(['ALL']);
      expect(healthcheck.test.every((word) => typeof word === 'string')).toBe(true);
    }
    expect(own.every(([, service]) => service.read_only)).toBe(true);
  });

  it('refuses to start without its variables, which are those of the example, and gives none a value', () => {
    const used = [...text.matchAll(/\$\{([A-Z_]+)([^}]*)\}/g)];
    expect(new Set(used.map(([, name]) => name))).toEqual(new Set(exampleNames));
    for (const [whole, , rest] of used) expect([whole, rest]).toEqual([whole, ':?see docker/env.example']);
    expect(read('docker/env.example')).not.toMatch(/^[A-Z_]+=./m);
    expect(text).not.toMatch(/^\s*[A-Z_]*(PASSWORD|SECRET|KEY|TOKEN)[A-Z_]*: (?!\$\{)/m);
  });

  it('gives the services a configuration that suffices, and every variable that it mentions', () => {
    const given = environmentOf('gateway-1');
    expect(given['COFFER_CONFIG']).toBe('/etc/coffer/coffer.yml');
    const load = (variables: Record<string, string>) =>
      loadConfiguration({ env: variables, readFile: () => read('docker/coffer.yml') });
    const { kafka, server } = requireDistributed(load(given));
    expect(kafka.brokers).toEqual(['kafka:9092']);
    expect(server.host).toBe('0.0.0.0');
    const { POSTGRES_PASSWORD: _password, ...less } = given;
    expect(() => load(less)).toThrow(/POSTGRES_PASSWORD/);
  });
});

describe('docs/operations/distributed.md', () => {
  it('shows a configuration that loads and suffices', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(read('docs/operations/distributed.md')) ?? [];
    const named = Array.from(example.matchAll(/\$\{([A-Z_]+)\}/g), ([, name = '']) => name);
    const variables = [...new Set(named)];
    const configuration = loadConfiguration({
      env: { COFFER_CONFIG: 'coffer.yml', ...Object.fromEntries(variables.map((name) => [name, 'x'.repeat(40)])) },
      readFile: (path) => (path.endsWith('coffer.yml') ? example : (rootCertificates[0] ?? '')),
    });
    const { kafka } = requireDistributed(configuration);
    expect(kafka.brokers).toHaveLength(3);
    expect(kafka.topic.replicationFactor).toBe(3);
    expect(kafka.sasl).toBeDefined();
    expect(kafka.tls).toBeDefined();
  });
});

describe('the Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  it('pins its base to the Node of this repository', () => {
    const manifest = JSON.parse(read('package.json')) as { readonly devDependencies: Readonly<Record<string, string>> };
    expect(dockerfile).toContain(`NODE_IMAGE=node:${manifest.devDependencies['node']}-bookworm-slim`);
    expect(dockerfile.match(/^FROM .*$/gm)).toEqual(['FROM ${NODE_IMAGE} AS build', 'FROM ${NODE_IMAGE}']);
  });

  it('runs as somebody else than root, without the inspector on SIGUSR1', () => {
    expect(dockerfile.match(/^USER .*$/gm)).toEqual(['USER 10001:10001']);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", "--disable-sigusr1"/m);
    expect(dockerfile).toMatch(/^CMD \["--max-semi-space-size=8", "dist\/standalone\.js"\]$/m);
  });

  it('finds what it needs in what .dockerignore lets in', () => {
    const allowed = [...read('.dockerignore').matchAll(/^!(.*)$/gm)].map(([, name = '']) => name);
    expect(read('.dockerignore')).toMatch(/^\*$/m);
    for (const name of allowed) expect([name, existsSync(join(ROOT, name))]).toEqual([name, true]);
    expect(allowed).toEqual(
      expect.arrayContaining(['package.json', 'package-lock.json', '.npmrc', '.swcrc', 'nx.json']),
    );
  });
});
