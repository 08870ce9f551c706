import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { kestraFiles, kestraToken, type KestraSetup } from './kestra-setup.js';

const guide = (name: string): unknown =>
  parse(readFileSync(join(__dirname, '../../../../docs/guides/kestra', name), 'utf8'));
const SETUP: KestraSetup = { url: 'http://coffer:8080', tenant: 'main', namespace: 'company', edition: 'open' };
const fileOf = (setup: Partial<KestraSetup>): unknown => parse(kestraFiles({ ...SETUP, ...setup })[0]?.text ?? '');

it('is what the guide says, with the address of this server', () => {
  expect(fileOf({})).toEqual(guide('application.yml'));
  expect(fileOf({ edition: 'enterprise' })).toEqual(guide('enterprise.yml'));
});

it('names a tenant that is not the one by default', () => {
  expect(fileOf({ tenant: 'other' })).toMatchObject({ coffer: { tenant: 'other' } });
  expect(fileOf({ tenant: 'other', edition: 'enterprise' })).toMatchObject({
    kestra: { secret: { vault: { namespace: 'other' } } },
  });
  expect(kestraFiles({ ...SETUP, tenant: 'other' })[2]?.text).toContain('-e COFFER_TENANT=other');
});

it('grants the token what the flows read: of the Enterprise edition below the name of its own tenant', () => {
  expect(kestraToken(SETUP).text).toMatch(/--grant company:list,resolve$/);
  expect(kestraToken({ ...SETUP, tenant: 'other', edition: 'enterprise' }).text).toMatch(
    /--grant other\/main\.company:list,resolve$/,
  );
});

it('quotes whatever is typed as an address', () => {
  const url = `http://x"'; rm -rf /`;
  expect(fileOf({ url })).toMatchObject({ coffer: { url } });
  expect(kestraFiles({ ...SETUP, url })[2]?.text).toContain(`'COFFER_URL=http://x"'\\''; rm -rf /'`);
});
