import { commandsFor } from './secret-commands.js';
import { commandsOfView } from './view-commands.js';

it('quotes what a shell would read otherwise, and puts no token into a command', () => {
  const [curl] = commandsFor('https://coffer.example', 'main', 'company.team', `it's; rm -rf /`);
  expect(curl?.text).toContain(`values/it's%3B%20rm%20-rf%20%2F`.replace("'", `'\\''`));
  expect(curl?.text).toContain('Bearer $COFFER_TOKEN');
});

it('shows a program how it gets the secret as a variable, where its key is the name of one', () => {
  const coffer = (tenant: string, key: string) =>
    commandsFor('https://coffer.example', tenant, 'company', key).find(({ name }) => name === 'coffer')?.text;
  expect(coffer('main', 'DB_PASSWORD')).toContain(
    'COFFER_URL=https://coffer.example \\\n  npm run -s coffer -- run --namespace company -- printenv DB_PASSWORD',
  );
  expect(coffer('other', 'K')).toContain('run --tenant other --namespace company -- printenv K');
  expect(coffer('main', 'a/b')).toBeUndefined();
});

describe('what a page shows, as commands', () => {
  const ORIGIN = 'https://coffer.example';
  const texts = (name: string, query: Record<string, string | string[]> = {}, tenant = 'main') =>
    commandsOfView(ORIGIN, { name, tenant, query }).map(({ text }) => text);

  it('asks what the page asks, filters and order included', () => {
    const query = { ns: 'company', q: "a b's", tag: ['x=1', 'y'], state: ['drifted'], sort: 'key:desc' };
    expect(texts('secrets', query, 'other')).toEqual([
      'curl -H "Authorization: Bearer $COFFER_TOKEN" \\\n' +
        `  '${ORIGIN}/coffer/v1/other/secrets?namespace=company&children=true&inherit=false&q=a+b%27s&tag=x%3D1&tag=y&state=drifted&sort=key%3Adesc&limit=100'`,
    ]);
    expect(texts('audit', { ns: 'a', decision: 'deny', page: '2' })[0]).toContain(
      '/audit?namespace=a&decision=deny&page=2&size=50',
    );
  });

  it('is the secret that is open, and of it what the tab in front shows', () => {
    const place = { open: 'company/A', ns: 'company.team' };
    expect(texts('secrets', place)[0]).toContain('/namespaces/company.team/values/A');
    expect(texts('secret', { ns: 'company', key: 'A', tab: 'activity' })[0]).toContain(
      '/audit?namespace=company&key=A',
    );
    expect(texts('secret', { ns: 'company', key: "A'", tab: 'metadata' })[0]).toContain(
      `/secrets?namespace=company&key=A%27'`,
    );
  });

  it('is what one may do before anything is asked about access, and the question afterwards', () => {
    expect(texts('access')[0]).toContain('/whoami');
    expect(texts('access', { who: 'ci', gives: 'write' })[1]).toContain(
      '/access?principal=ci&permission=write&page=1&size=50',
    );
    expect(texts('connect')[0]).toContain('/audit?principal=token%3Akestra&size=1');
    const asked = { ns: 'company', permission: 'write', principal: 'token:ci' };
    expect(texts('access', asked)).toEqual([
      `COFFER_URL=${ORIGIN} \\\n  npm run -s coffer -- access why write company --principal token:ci`,
      expect.stringContaining(`'{"permission":"write","namespace":"company","principal":"token:ci"}'`),
    ]);
    expect(texts('access', { ns: 'company', permission: 'list', issuer: 'ci' })).toEqual([
      `COFFER_URL=${ORIGIN} \\\n  npm run -s coffer -- access why list company --issuer ci --claims claims.json`,
    ]);
  });

  it('is nothing where the page shows nothing yet', () => {
    expect([texts('compare', { a: 'x' }), texts('nowhere')]).toEqual([[], []]);
    expect(texts('compare', { a: 'x', b: 'y', state: 'missing' })[0]).toMatch(
      /compare\?a=x&b=y&limit=200.*jq --arg verdict missing/s,
    );
  });

  it('holds no token and no value, whatever the address says', () => {
    for (const name of ['secrets', 'secret', 'import', 'compare', 'audit', 'access', 'system']) {
      for (const text of texts(name, { ns: 'a', key: 'K', a: 'a', b: 'b', token: 'coffer_x', value: 'shown' })) {
        expect(text).not.toMatch(/coffer_x|shown/);
      }
    }
  });
});
