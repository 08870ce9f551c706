/** @servers none */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  api,
  COFFER_COMMAND,
  NodeProcess,
  removeFolder,
  scratchFolder,
  startCoffer,
  until,
  type Api,
  type Coffer,
} from '../harness/index.js';

jest.setTimeout(360_000);

const TOKEN = 'a-token-of-the-clients-of-this-machine';
const HEADER = { 'x-aws-parameters-secrets-token': TOKEN };

interface Secret {
  readonly ARN: string;
  readonly Name: string;
  readonly VersionId: string;
  readonly SecretString: string;
  readonly VersionStages: readonly string[];
  readonly CreatedDate: string;
}

describe('coffer agent', () => {
  const folder = scratchFolder();
  let coffer: Coffer;
  let http: Api;
  let agent: NodeProcess;
  let url: string;

  const begin = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): NodeProcess =>
    NodeProcess.start([COFFER_COMMAND, 'agent', '--port', '0', ...args], {
      env: { COFFER_URL: coffer.url, AWS_TOKEN: `file://${join(folder, 'clients')}`, ...env },
      cwd: folder,
      endBy: 'SIGTERM',
    });
  const addressOf = async (started: NodeProcess): Promise<string> =>
    (await started.printed(/^ready (http:\S+)$/m))[1] ?? '';
  const get = async (target: string, headers: Readonly<Record<string, string>> = HEADER, method = 'GET') => {
    const response = await fetch(`${url}${target}`, { method, headers });
    const text = await response.text();
    return { status: response.status, text, secret: () => JSON.parse(text) as Secret };
  };
  const byId = (secretId: string, more = '') =>
    get(`/secretsmanager/get?secretId=${encodeURIComponent(secretId)}${more}`);
  const metric = async (name: string): Promise<number> =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await get('/metrics', {})).text)?.[1]);

  beforeAll(async () => {
    coffer = await startCoffer();
    http = api(coffer.url, coffer.token);
    for (const [namespace, key, value] of [
      ['company', 'PARENT', 'of the parent'],
      ['company.team', 'DB_PASSWORD', 'first value'],
      ['company.team', 'a/b c%', 'odd'],
      ['company.team', 'JSON', '{"user":"app"}'],
    ] as const) {
      expect((await http.put(namespace, { key, value })).status).toBe(200);
    }
    writeFileSync(join(folder, 'clients'), `${TOKEN}\n`, { mode: 0o600 });
    writeFileSync(join(folder, 'token'), `${coffer.token}\n`, { mode: 0o600 });
    agent = begin(['--token-file', 'token', '--namespace', 'company.team']);
    url = await addressOf(agent);
  });
  afterAll(async () => {
    await agent?.end();
    await coffer?.stop();
    removeFolder(folder);
  });

  it('says that it is healthy, to everybody', async () => {
    expect(await get('/ping', {})).toMatchObject({ status: 200, text: 'healthy' });
  });

  it('answers as GetSecretValue does, by id, by path, by ARN and by key alone', async () => {
    const { secret, status } = await byId('company.team/DB_PASSWORD');
    expect([status, secret()]).toEqual([
      200,
      {
        ARN: 'arn:coffer:secretsmanager::main:secret:company.team/DB_PASSWORD',
        Name: 'company.team/DB_PASSWORD',
        VersionId: expect.stringMatching(/^\d+$/),
        SecretString: 'first value',
        VersionStages: ['AWSCURRENT'],
        CreatedDate: expect.stringMatching(/^\d{10}(\.\d{1,3})?$/),
      },
    ]);
    const { changed } = (await http.value('company.team', 'DB_PASSWORD')).json<{ readonly changed: string }>();
    expect(Number(secret().CreatedDate)).toBe(Date.parse(changed) / 1_000);
    for (const id of [secret().ARN, 'DB_PASSWORD', 'main@company.team/DB_PASSWORD']) {
      expect((await byId(id)).secret()).toEqual(secret());
    }
    expect((await get('/v1/company.team/DB_PASSWORD')).secret()).toEqual(secret());
    expect((await get('/v1/company.team/a%2Fb%20c%25')).secret().SecretString).toBe('odd');
    expect((await byId('company.team/a/b c%')).secret().SecretString).toBe('odd');
    expect((await byId('JSON')).secret().SecretString).toBe('{"user":"app"}');
    expect((await byId('company.team/PARENT')).secret().SecretString).toBe('of the parent');
  });

  it('takes the token in either header, and no other token, nor a request that was forwarded', async () => {
    const target = '/v1/company.team/DB_PASSWORD';
    expect((await get(target, { 'x-vault-token': TOKEN })).status).toBe(200);
    for (const headers of [{}, { ...HEADER, 'x-aws-parameters-secrets-token': `${TOKEN}x` }, { 'x-vault-token': '' }]) {
      expect(await get(target, headers)).toMatchObject({ status: 403, text: 'Bad Token' });
    }
    expect((await get(target, { 'x-aws-parameters-secrets-token': 'wrong', 'x-vault-token': TOKEN })).status).toBe(200);
    expect(await get(target, { ...HEADER, 'x-forwarded-for': '10.0.0.1' })).toMatchObject({ status: 400 });
  });

  it.each([
    ['/secretsmanager/get?secretId=A&unknown=1', 400, 'unknown parameter: unknown'],
    ['/v1/A?secretId=A', 400, 'unknown parameter: secretId'],
    ['/secretsmanager/get?versionId=1', 400, 'missing parameter secretId'],
    ['/v1/', 400, 'missing secret ID'],
    ['/secretsmanager/get?secretId=A&refreshNow=maybe', 400, 'invalid refreshNow value'],
    ['/nothing', 404, 'Not found'],
  ])('refuses %s', async (target, status, text) => {
    expect(await get(target)).toMatchObject({ status, text });
  });

  it('refuses what is no GET, and says by AWS’s names what is not there', async () => {
    expect((await get('/v1/company.team/DB_PASSWORD', HEADER, 'POST')).status).toBe(405);
    const absent = await byId('company.team/ABSENT');
    expect([absent.status, JSON.parse(absent.text)]).toEqual([
      400,
      { __type: 'ResourceNotFoundException', message: expect.stringContaining('ABSENT') },
    ]);
    expect((await byId('A..B/KEY')).text).toContain('InvalidParameterException');
  });

  it('has the current version alone', async () => {
    const { VersionId } = (await byId('DB_PASSWORD')).secret();
    expect((await byId('DB_PASSWORD', `&versionId=${VersionId}&versionStage=AWSCURRENT`)).status).toBe(200);
    for (const other of ['&versionStage=AWSPREVIOUS', '&versionId=1']) {
      const { status, text } = await byId('DB_PASSWORD', other);
      expect([status, text]).toEqual([400, expect.stringContaining('ResourceNotFoundException')]);
      expect(text).not.toContain('first value');
    }
  });

  it('gives out what it keeps only while the gateway calls it current', async () => {
    await byId('DB_PASSWORD');
    const before = await metric('coffer_agent_revalidated');
    for (let time = 0; time < 3; time += 1) expect((await byId('DB_PASSWORD')).status).toBe(200);
    expect((await metric('coffer_agent_revalidated')) - before).toBe(3);
    expect(await metric('coffer_agent_kept_bytes')).toBeGreaterThan(0);
    for (let value = 1; value <= 10; value += 1) {
      await http.put('company.team', { key: 'DB_PASSWORD', value: `value ${value}` });
      expect((await byId('DB_PASSWORD', value % 2 === 0 ? '&refreshNow=true' : '')).secret().SecretString).toBe(
        `value ${value}`,
      );
    }
    await http.delete('company.team', 'DB_PASSWORD');
    expect((await byId('DB_PASSWORD')).status).toBe(400);
  });

  it('keeps no more bytes than it may', async () => {
    const small = begin(['--token-file', 'token', '--max-bytes', '1000']);
    const own = url;
    try {
      url = await addressOf(small);
      for (const key of ['X', 'Y']) {
        await http.put('company.team', { key, value: 'v'.repeat(500) });
        expect((await byId(`company.team/${key}`)).secret().SecretString).toHaveLength(500);
      }
      expect(await metric('coffer_agent_kept_answers')).toBe(1);
      expect(await metric('coffer_agent_kept_bytes')).toBeLessThanOrEqual(1_000);
      expect((await byId('X')).text).toContain('NAMESPACE/KEY');
    } finally {
      url = own;
      await small.end();
    }
  });

  it('takes a token that was renewed, and gives nothing to one that may not', async () => {
    writeFileSync(join(folder, 'token'), 'coffer_wrong\n');
    const refused = await byId('JSON');
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('AccessDeniedException')]);
    expect(refused.text).not.toContain('coffer_wrong');
    writeFileSync(join(folder, 'token'), `${coffer.token}\n`);
    expect((await byId('JSON')).status).toBe(200);
  });

  it('gives nothing out while no gateway answers, and ends by a signal, without a word of a value', async () => {
    expect((await byId('JSON')).status).toBe(200);
    await coffer.stop();
    await until('the gateway is gone', async () => (await byId('JSON')).status === 503);
    expect((await byId('JSON')).text).toContain('ServiceUnavailable');
    agent.kill('SIGTERM');
    expect(await agent.exited).toEqual({ code: 0, signal: null });
    expect(agent.stdout() + agent.stderr()).not.toMatch(/first value|of the parent|app|coffer_/);
  });

  it.each([
    ['no token of clients', { AWS_TOKEN: '' }, 'AWS_TOKEN must be what clients send'],
    ['a file that is not there', { AWS_TOKEN: 'file:///nowhere/at/all' }, 'ENOENT'],
    ['no token of its own', {}, '--token-file'],
  ])('does not start with %s', async (_, env, words) => {
    const refused = begin([], { COFFER_TOKEN: '', ...env });
    expect((await refused.exited).code).toBe(1);
    expect(refused.stderr()).toContain(words);
  });
});
