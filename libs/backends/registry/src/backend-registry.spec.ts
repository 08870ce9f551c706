import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseJdbcUrl, type H2JdbcUrl, type JdbcStore } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { BackendRegistry } from './index.js';
import { h2ConnectionOf } from './jdbc-connection-h2.js';

const KEY = Buffer.alloc(32, 3).toString('base64');
const call = () => ({ signal: AbortSignal.timeout(5_000) });

const jdbc = (changes: Partial<JdbcStore> = {}): JdbcStore => ({
  type: 'jdbc',
  secret: new SecretValue(KEY),
  prefix: '',
  datasource: undefined,
  readOnly: false,
  tags: {},
  filterOnTags: {},
  excludedTags: {},
  ...changes,
});

describe('BackendRegistry', () => {
  let folder: string;
  let ring: KeyRing;
  const opened: BackendRegistry[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-registry-'));
    ring = await KeyRing.derive([{ id: 'root', secret: new SecretValue(KEY), active: true }]);
  });
  afterAll(async () => {
    await Promise.all(opened.map((registry) => registry.close()));
    rmSync(folder, { recursive: true });
  });
  const open = async (configuration: Partial<Parameters<typeof BackendRegistry.open>[0]>) => {
    const embedded = { file: join(folder, 'coffer.db'), ring };
    const registry = await BackendRegistry.open({ readOnly: false, managers: [], ...configuration }, { embedded });
    opened.push(registry);
    return registry;
  };

  it('uses the embedded database without any configuration', async () => {
    const registry = await open({});
    const path = SecretPath.of('main', 'company', 'k');
    const { backend } = registry.storeOf(path);
    await backend.apply(
      { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect((await backend.read(path, call()))?.value.reveal()).toBe('v');
  });

  it('gives each scope the manager of the nearest enclosing one', async () => {
    const registry = await open({
      secret: jdbc(),
      managers: [
        { tenant: 'main', namespace: 'company', store: jdbc({ prefix: 'company' }) },
        { tenant: 'main', namespace: 'company.team', store: jdbc({ prefix: 'team', readOnly: true }) },
        { tenant: 'other', store: jdbc({ prefix: 'other' }) },
      ],
    });
    const name = (tenant: string, namespace?: string) => registry.managerFor(tenant, namespace).name;
    expect(name('main')).toBe('default');
    expect(name('main', 'elsewhere')).toBe('default');
    expect(name('main', 'companyx')).toBe('default');
    expect(name('main', 'company')).toBe('main/company');
    expect(name('main', 'company.teams')).toBe('main/company');
    expect(name('main', 'company.team.app')).toBe('main/company.team');
    expect(name('other')).toBe('other');
    expect(name('other', 'company.team')).toBe('other');
    expect(name('third', 'company.team')).toBe('default');
    expect(registry.managersOf('main').map((manager) => manager.name)).toEqual([
      'default',
      'main/company.team',
      'main/company',
    ]);
    expect(registry.managersOf('other').map((manager) => manager.name)).toEqual(['other']);
    expect(registry.managerFor('main', 'company.team').readOnly).toBe(true);
    expect(registry.managerFor('main', 'company').readOnly).toBe(false);
  });

  it('puts the default tags of the configuration on secrets', async () => {
    const registry = await open({ secret: jdbc({ prefix: 'tagged', tags: { application: 'kestra' } }) });
    const path = SecretPath.of('main', 'company', 'k');
    const { backend } = registry.storeOf(path);
    await backend.apply(
      { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect((await backend.read(path, call()))?.metadata.tags).toEqual([{ key: 'application', value: 'kestra' }]);
  });

  it('refuses a missing store where there is no embedded database', async () => {
    const opening = BackendRegistry.open({ readOnly: false, managers: [] });
    await expect(opening).rejects.toMatchObject({ code: 'configuration' });
  });

  it('says what a file of H2 needs, and how to get it', () => {
    const url = parseJdbcUrl('jdbc:h2:file:./data/h2');
    const connect = (env: Record<string, string>) => () => h2ConnectionOf(url as H2JdbcUrl, {}, env);
    expect(connect({ PATH: '' })).toThrow(/Java.*default-jre-headless.*com\.h2database:h2.*H2_JAR/);
    const java = join(folder, 'bin/java');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(java, '');
    const env = { PATH: '', JAVA_HOME: folder };
    expect(connect(env)).toThrow(/H2_JAR is not set/);
    expect(connect({ ...env, H2_JAR: join(folder, 'none.jar') })).toThrow(/names no file/);
    writeFileSync(join(folder, 'h2.jar'), '');
    expect(connect({ ...env, H2_JAR: join(folder, 'h2.jar') })()).toMatchObject({
      dialect: 'h2-file',
      file: resolve('data/h2'),
      username: 'sa',
      java,
    });
  });
});
