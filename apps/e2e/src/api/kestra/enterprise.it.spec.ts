/** @servers none */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, startCoffer, type Coffer } from '../../harness/index.js';

jest.setTimeout(360_000);

const FILE = join(__dirname, '../../../../../docs/guides/kestra/enterprise.yml');

/**
 * Kestra's Enterprise edition cannot be had for tests. Coffer's own adapter, which takes Kestra's settings and keeps secrets
 * where Kestra's documentation says, stands in for it.
 */
describe('the guide’s settings for Kestra’s Enterprise edition', () => {
  let coffer: Coffer;
  let kestra: Coffer;
  beforeAll(async () => {
    coffer = await startCoffer({ config: JSON.stringify({ coffer: { vault: { enabled: true } } }) });
    const { url, token } = coffer;
    const secrets = api(url, token);
    for (const [namespace, key] of [
      ['main.company.team', 'OWN'],
      ['main.company', 'PARENT'],
    ] as const) {
      expect((await secrets.put(namespace, { key, value: `in ${namespace}` })).status).toBe(200);
    }
    const config = readFileSync(FILE, 'utf8').replace('http://coffer:8080', url).replace('COFFER_TOKEN', token);
    kestra = await startCoffer({ config });
  });
  afterAll(async () => {
    await kestra?.stop();
    await coffer?.stop();
  });

  it('lead to secrets whose namespace in Coffer begins with Kestra’s tenant', async () => {
    const there = api(kestra.url, kestra.token);
    for (const [key, namespace] of [
      ['OWN', 'main.company.team'],
      ['PARENT', 'main.company'],
    ] as const) {
      expect((await there.value('company.team', key)).json()).toMatchObject({ key, value: `in ${namespace}` });
    }
  });

  it('let it write and delete there', async () => {
    const [there, here] = [api(kestra.url, kestra.token), api(coffer.url, coffer.token)];
    expect((await there.put('company.team', { key: 'NEW', value: 'by the other' })).status).toBe(200);
    expect((await here.value('main.company.team', 'NEW', 'subkey=value')).json()).toMatchObject({
      value: 'by the other',
    });
    expect((await there.delete('company.team', 'OWN')).status).toBe(204);
    expect((await there.value('company.team', 'OWN')).status).toBe(404);
  });
});
