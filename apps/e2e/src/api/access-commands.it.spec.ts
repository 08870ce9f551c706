/** @servers none */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  api,
  cofferCommand,
  removeFolder,
  scratchFolder,
  startCoffer,
  until,
  type Api,
  type Coffer,
  type CommandOutcome,
} from '../harness/index.js';
import { HttpConnection, requestBytes } from '../harness/http-connection.js';

// Starts real processes, on machines that may be busy.
jest.setTimeout(360_000);

const VALUE = '/coffer/v1/main/namespaces/company.team/values/K';
const CONFIG = '# of the test\nkestra:\n  secret:\n    cache: { enabled: true }\n';

/** What the commands write counts in the process that was started with the same file. */
describe('commands that change access', () => {
  const scratch = scratchFolder();
  const dataFolder = join(scratch, 'data');
  let coffer: Coffer;
  let file: string;
  let admin: Api;
  const open: HttpConnection[] = [];

  const run = async (args: readonly string[], input?: string): Promise<CommandOutcome> => {
    const outcome = await cofferCommand([...args, '--config', file], {
      dataFolder,
      ...(input === undefined ? {} : { input }),
    });
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    return outcome;
  };
  const create = async (id: string, ...more: readonly string[]): Promise<string> => {
    const secretFile = join(scratch, id);
    const args = ['token', 'create', '--id', id, '--grant', 'company.team:resolve', '--secret-file', secretFile];
    const { stdout } = await run([...args, ...more]);
    const token = readFileSync(secretFile, 'utf8').trim();
    expect(stdout).not.toContain(token);
    return token;
  };
  /** Reads over one connection that stays open, and tells the status and where the answer came from. */
  const reader = async (token: string) => {
    const connection = await HttpConnection.open(Number(new URL(coffer.url).port));
    open.push(connection);
    const request = requestBytes('GET', VALUE, { token });
    return async (): Promise<string> => {
      const { status, head } = await connection.send(request);
      return `${status}${/hit; detail=l1/.test(head) ? ' hit' : ''}`;
    };
  };

  beforeAll(async () => {
    coffer = await startCoffer({ dataFolder, config: CONFIG });
    file = coffer.configFile ?? '';
    admin = api(coffer.url, coffer.token);
    expect((await admin.put('company.team', { key: 'K', value: 'v' })).status).toBe(200);
  });
  afterAll(async () => {
    for (const connection of open) connection.close();
    await coffer.stop();
    removeFolder(scratch);
  });

  it('a token counts once it is created, and is refused once it is revoked, on an open connection of hits too', async () => {
    const read = await reader(await create('ci'));
    await until('the token counts and its value is cached', async () => (await read()) === '200 hit');
    await run(['token', 'revoke', 'ci']);
    await until('the token is refused', async () => (await read()) === '401');
    expect(readFileSync(file, 'utf8')).toContain('# of the test\n');
  });

  it('a token ends by itself', async () => {
    const read = await reader(await create('short', '--expires', '8s'));
    await until('the token counts and its value is cached', async () => (await read()) === '200 hit');
    await until('the token is refused', async () => (await read()) === '401');
  });

  it('tells when a token was last used', async () => {
    const read = await reader(await create('used'));
    await until('the token counts', async () => (await read()).startsWith('200'));
    const { stdout } = await cofferCommand(
      ['token', 'list', '--json', '--config', file, '--url', coffer.url, '--token-file', join(scratch, 'used')],
      { dataFolder },
    );
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; lastUsed?: string });
    const used = rows.find(({ id }) => id === 'used')?.lastUsed ?? '';
    expect(Math.abs(Date.parse(used) - Date.now())).toBeLessThan(600_000);
  });

  it('a password counts once it is set, and the user no more once removed', async () => {
    const statusOf = async (password: string): Promise<number> => {
      const authorization = `Basic ${btoa(`ann:${password}`)}`;
      return (await api(coffer.url, '', { authorization }).value('company.team', 'K')).status;
    };
    await run(['password', 'set', '--username', 'ann', '--grant', 'company:resolve'], 'first password');
    await until('the user counts', async () => (await statusOf('first password')) === 200);
    await run(['password', 'set', '--username', 'ann'], 'second password');
    await until('the new password counts', async () => (await statusOf('second password')) === 200);
    expect(await statusOf('first password')).toBe(401);
    await run(['password', 'remove', '--username', 'ann']);
    await until('the user is refused', async () => (await statusOf('second password')) === 401);
  });

  it('a break-glass grant is in the audit before it counts, marks what is done by it, and ends by itself', async () => {
    type Row = Readonly<Record<string, string | boolean>>;
    const audit = (): Row[] =>
      readFileSync(join(dataFolder, 'audit.jsonl'), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Row);
    const token = await create('plain');
    const me = api(coffer.url, token);
    await until('the token counts', async () => (await me.value('company.team', 'K')).status === 200);
    expect((await admin.put('elsewhere', { key: 'K', value: 'v' })).status).toBe(200);
    expect((await me.value('elsewhere', 'K')).status).toBe(403);
    const grant = ['access', 'grant', '--to', 'token:plain', '--grant', 'elsewhere:resolve'];
    const { stdout } = await run([...grant, '--for', '8s', '--reason', 'INC-42']);
    const id = /^(\S+): token:plain has main\/elsewhere:resolve until/m.exec(stdout)?.[1] ?? '';
    await until('the grant counts', async () => (await me.value('elsewhere', 'K')).status === 200);
    const rows = audit();
    const granted = rows.findIndex(({ action }) => action === 'access.break-glass');
    expect(rows[granted]).toMatchObject({
      target: id,
      principal: 'token:plain',
      namespace: 'elsewhere',
      breakGlass: true,
    });
    expect(rows[granted]?.['detail']).toMatch(/^resolve until .*: INC-42$/);
    expect(rows.slice(0, granted).some(({ breakGlass }) => breakGlass === true)).toBe(false);
    expect(rows.at(-1)).toMatchObject({
      principal: 'token:plain',
      namespace: 'elsewhere',
      outcome: 'ok',
      breakGlass: true,
    });
    await until('the grant has ended', async () => (await me.value('elsewhere', 'K')).status === 403);
    expect((await me.value('company.team', 'K')).status).toBe(200);
    expect(audit().at(-1)).not.toHaveProperty('breakGlass');
  });
});
