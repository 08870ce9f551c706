/** @servers none */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import {
  api,
  cofferCommand,
  removeFolder,
  scratchFolder,
  startCoffer,
  until,
  type Api,
  type Coffer,
} from '../harness/index.js';
import { newToken as tokenOf } from '../attacks/credentials.js';

// Starts real processes, on machines that may be busy.
jest.setTimeout(360_000);

interface Access {
  readonly coffer: { readonly access: { readonly tokens?: readonly object[]; readonly users?: readonly object[] } };
}

const PASSWORD = 'correct horse: battery staple';

/** Whoever may do nothing, something or everything, all from the configuration file that the `coffer` command writes. */
describe('access by configuration', () => {
  const scratch = scratchFolder();
  const dataFolder = join(scratch, 'data');
  const file = join(scratch, 'coffer.yml');
  let coffer: Coffer;
  let admin: Api;

  const entryOf = (stdout: string): Access => parse(stdout.slice(stdout.indexOf('coffer:\n'))) as Access;
  const newToken = (id: string, ...grants: readonly string[]) => tokenOf(dataFolder, id, ...grants);
  const newUser = async (username: string, grant: string): Promise<object> => {
    const args = ['password', 'hash', '--username', username, '--grant', grant];
    const { code, stdout } = await cofferCommand(args, { input: PASSWORD });
    expect(code).toBe(0);
    const [entry = {}] = entryOf(stdout).coffer.access.users ?? [];
    return entry;
  };
  const configure = (access: { tokens?: readonly object[]; users?: readonly object[] }): void =>
    writeFileSync(file, stringify({ coffer: { access } }));
  const asToken = (token: string, tenant = 'main'): Api => api(coffer.url, token, { tenant });
  const asUser = (username: string, password: string): Api => {
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return api(coffer.url, '', { authorization });
  };

  let reader: { token: string; entry: object };
  let writer: { token: string; entry: object };
  let revoked: { token: string; entry: object };
  let ada: object;

  beforeAll(async () => {
    // The first start makes the root key that the hashes of tokens depend on.
    const first = await startCoffer({ dataFolder });
    await first.stop();
    reader = await newToken('reader', 'company.team:list,resolve');
    writer = await newToken('writer', 'company:write', 'other/shared:write,delete,list,resolve');
    revoked = await newToken('revoked', '*:list,resolve');
    ada = await newUser('ada', 'company.team:list,write');
    configure({ tokens: [reader.entry, writer.entry, revoked.entry], users: [ada] });
    coffer = await startCoffer({ dataFolder, token: first.token, configFile: file });
    admin = asToken(coffer.token);
    for (const namespace of ['company', 'company.team', 'company.teams', 'elsewhere']) {
      expect((await admin.put(namespace, { key: 'K', value: `of ${namespace}` })).status).toBe(200);
    }
  });
  afterAll(async () => {
    await coffer.stop();
    removeFolder(scratch);
  });

  it('lets a token read its namespace and below, and nothing else', async () => {
    const me = asToken(reader.token);
    expect((await me.value('company.team', 'K')).json()['value']).toBe('of company.team');
    for (const namespace of ['company', 'company.teams', 'elsewhere', 'never.seen']) {
      const answer = await me.value(namespace, 'K');
      expect([namespace, answer.status, answer.json()['code']]).toEqual([namespace, 403, 'forbidden']);
    }
    expect((await me.put('company.team', { key: 'K', value: 'mine' })).status).toBe(403);
    expect((await me.patch('company.team', 'K', {})).status).toBe(403);
    expect((await me.delete('company.team', 'K')).status).toBe(403);
    expect((await asToken(reader.token, 'other').value('company.team', 'K')).status).toBe(403);
    expect((await admin.value('company.team', 'K')).json()['value']).toBe('of company.team');
  });

  it('inherits and lists only what the token may see', async () => {
    const me = asToken(reader.token);
    await admin.put('company', { key: 'ONLY_ABOVE', value: 'v' });
    const answer = await me.value('company.team.app', 'ONLY_ABOVE');
    expect([answer.status, answer.json()['detail']]).toEqual([
      404,
      "there is no secret 'ONLY_ABOVE' in company.team.app, company.team",
    ]);
    expect((await me.list()).json()).toMatchObject({ total: 1, results: [{ namespace: 'company.team', key: 'K' }] });
    expect((await me.inherited('company.team')).json()).toEqual({ 'company.team': ['K'], company: [] });
    const batch = (await me.resolve('company.team', [{ key: 'K' }, { key: 'K', namespace: 'elsewhere' }])).json();
    expect(batch).toMatchObject([{ value: 'of company.team' }, { error: { code: 'forbidden' } }]);
  });

  it('lets a token write without reading, in several tenants', async () => {
    const me = asToken(writer.token);
    expect((await me.put('company.team', { key: 'W', value: 'w' })).status).toBe(200);
    expect((await me.value('company.team', 'W')).status).toBe(403);
    expect((await me.delete('company.team', 'W')).status).toBe(403);
    expect((await me.list()).status).toBe(403);
    const other = asToken(writer.token, 'other');
    expect((await other.put('shared.deep', { key: 'W', value: 'w' })).status).toBe(200);
    expect((await other.value('shared.deep', 'W')).json()['value']).toBe('w');
    expect((await other.delete('shared.deep', 'W')).status).toBe(204);
  });

  it('lets a user in by Basic, twenty at once, and a wrong password not', async () => {
    const me = asUser('ada', PASSWORD);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => me.put('company.team', { key: `A${n}`, value: 'v' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect((await me.value('company.team', 'A0')).status).toBe(403);
    const wrong = await asUser('ada', `${PASSWORD}!`).list();
    expect([wrong.status, wrong.json()['code']]).toEqual([401, 'unauthorized']);
    expect(wrong.headers.get('www-authenticate')).toMatch(/Bearer.*Basic/);
    expect(wrong.text).not.toContain('battery');
  });

  it('takes a bearer token although empty Basic credentials come first', async () => {
    const both = api(coffer.url, '', { authorization: `Basic Og==, Bearer ${reader.token}` });
    expect((await both.value('company.team', 'K')).status).toBe(200);
  });

  it('revokes by an edit of the file, lets in by another, and keeps both through a wrong one', async () => {
    const me = asToken(revoked.token);
    expect((await me.value('elsewhere', 'K')).status).toBe(200);
    const late = await newToken('late', 'elsewhere:resolve');
    expect((await asToken(late.token).value('elsewhere', 'K')).status).toBe(401);
    configure({ tokens: [reader.entry, late.entry] });
    await until('the token is revoked', async () => (await me.value('elsewhere', 'K')).status === 401);
    expect((await asToken(late.token).value('elsewhere', 'K')).status).toBe(200);
    expect((await asUser('ada', PASSWORD).list()).status).toBe(401);

    writeFileSync(file, 'coffer:\n  acess: {}\n');
    await until('the log says what is wrong', () => coffer.stdout().includes('the tokens and users from before'));
    expect((await me.value('elsewhere', 'K')).status).toBe(401);
    expect((await asToken(late.token).value('elsewhere', 'K')).status).toBe(200);
    expect((await asToken(reader.token).value('company.team', 'K')).status).toBe(200);
    expect((await admin.value('elsewhere', 'K')).status).toBe(200);
  });

  it('revokes the first-start token while the process runs, and for good', async () => {
    const folder = join(scratch, 'first');
    const first = await startCoffer({ dataFolder: folder });
    const list = async (url: string): Promise<number> => (await api(url, first.token).list()).status;
    expect(await list(first.url)).toBe(200);
    const shown = await cofferCommand(['access'], { dataFolder: folder });
    expect(shown.stdout).toContain(`in ${join(folder, 'first-start-token')}, may do everything`);
    const revoke = await cofferCommand(['token', 'revoke-first'], { dataFolder: folder });
    expect(revoke.code).toBe(0);
    await until('the token is revoked', async () => (await list(first.url)) === 401);
    await first.stop();
    const second = await startCoffer({ dataFolder: folder, token: first.token });
    expect([await list(second.url), second.stdout()]).toEqual([401, expect.not.stringContaining('access token')]);
    await second.stop();
  });

  it('keeps no token and no password anywhere in what the process wrote', () => {
    const written = `${coffer.stdout()}${coffer.stderr()}`;
    expect(written).toContain('ready http://');
    for (const secret of [coffer.token, reader.token, writer.token, revoked.token, PASSWORD]) {
      expect(written).not.toContain(secret);
    }
  });
});
