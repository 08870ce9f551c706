import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JdbcStore } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { Stores } from './index.js';

const KEY = Buffer.alloc(32, 3).toString('base64');
const call = () => ({ signal: AbortSignal.timeout(5_000) });

const jdbc = (changes: Partial<JdbcStore> = {}): JdbcStore => ({
  type: 'jdbc',
  keys: [{ id: 'jdbc', secret: new SecretValue(KEY), active: true }],
  prefix: '',
  datasource: undefined,
  readOnly: false,
  tags: {},
  filterOnTags: {},
  excludedTags: {},
  ...changes,
});

describe('Stores', () => {
  let folder: string;
  let ring: KeyRing;
  const opened: Stores[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-stores-'));
    ring = await KeyRing.derive([{ id: 'root', secret: new SecretValue(KEY), active: true }]);
  });
  afterAll(async () => {
    await Promise.all(opened.map((stores) => stores.close()));
    rmSync(folder, { recursive: true });
  });
  const open = async (configuration: Partial<Parameters<typeof Stores.open>[0]>) => {
    const embedded = { file: join(folder, 'coffer.db'), ring };
    const stores = await Stores.open({ readOnly: false, managers: [], ...configuration }, { embedded });
    opened.push(stores);
    return stores;
  };

  it('uses the embedded database without any configuration', async () => {
    const stores = await open({});
    const path = SecretPath.of('main', 'company', 'k');
    const { backend } = stores.of(path);
    await backend.apply(
      { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect((await backend.read(path, call()))?.value.reveal()).toBe('v');
  });

  it('gives each scope the store of the nearest enclosing one', async () => {
    const stores = await open({
      secret: jdbc(),
      managers: [
        { tenant: 'main', namespace: 'company', store: jdbc({ prefix: 'company' }) },
        { tenant: 'main', namespace: 'company.team', store: jdbc({ prefix: 'team', readOnly: true }) },
        { tenant: 'other', store: jdbc({ prefix: 'other' }) },
      ],
    });
    const name = (tenant: string, namespace?: string) => stores.forNamespace(tenant, namespace).name;
    expect(name('main')).toBe('default');
    expect(name('main', 'elsewhere')).toBe('default');
    expect(name('main', 'companyx')).toBe('default');
    expect(name('main', 'company')).toBe('main/company');
    expect(name('main', 'company.teams')).toBe('main/company');
    expect(name('main', 'company.team.app')).toBe('main/company.team');
    expect(name('other')).toBe('other');
    expect(name('other', 'company.team')).toBe('other');
    expect(name('third', 'company.team')).toBe('default');
    expect(stores.forTenant('main').map(({ name: of }) => of)).toEqual([
      'default',
      'main/company.team',
      'main/company',
    ]);
    expect(stores.forTenant('other').map(({ name: of }) => of)).toEqual(['other']);
    expect(stores.forNamespace('main', 'company.team').readOnly).toBe(true);
    expect(stores.forNamespace('main', 'company').readOnly).toBe(false);
  });

  it('puts the default tags of the configuration on secrets', async () => {
    const stores = await open({ secret: jdbc({ prefix: 'tagged', tags: { application: 'kestra' } }) });
    const path = SecretPath.of('main', 'company', 'k');
    const { backend } = stores.of(path);
    await backend.apply(
      { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect((await backend.read(path, call()))?.metadata.tags).toEqual([{ key: 'application', value: 'kestra' }]);
  });

  it('refuses a missing store where there is no embedded database', async () => {
    const opening = Stores.open({ readOnly: false, managers: [] });
    await expect(opening).rejects.toMatchObject({ code: 'configuration' });
  });
});
