import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadConfiguration } from '@coffer/config';
import { CommandFixture } from '../command.fixture.js';

let fixture: CommandFixture;
let file: string;
beforeEach(async () => {
  fixture = new CommandFixture();
  file = fixture.write('coffer.yml', '# ours\ncoffer:\n  access:\n    users: []\n');
  await fixture.run(['token', 'create', '--id', 'ci', '--grant', 'company:list']);
});
afterEach(() => fixture.close());

const breakGlass = () =>
  loadConfiguration({ argv: ['--config', file], env: {}, cwd: fixture.folder }).access.breakGlass;

describe('access grant', () => {
  const GRANT = [
    'access',
    'grant',
    '--to',
    'token:ci',
    '--grant',
    'company:resolve',
    '--for',
    '30m',
    '--reason',
    'INC-42',
  ];

  it('writes the grant with its end, shows it, takes ended ones out, and ends it before its time', async () => {
    const ended = '2020-01-01T00:00:00Z';
    const old = `{id: old, to: token:ci, reason: r, expires: "${ended}", grants: [{tenant: a, namespace: a, permissions: list}]}`;
    fixture.write('coffer.yml', readFileSync(file, 'utf8').replace('access:', `access:\n    breakGlass: [${old}]`));
    expect(breakGlass()).toHaveLength(1);
    const { code, out, err } = await fixture.run(GRANT);
    expect([code, err]).toEqual([0, '']);
    const [entry, ...more] = breakGlass();
    expect([entry, more]).toEqual([
      expect.objectContaining({
        to: 'token:ci',
        reason: 'INC-42',
        grants: [{ tenant: 'main', namespace: 'company', permissions: ['resolve'] }],
      }),
      [],
    ]);
    const leftMs = (entry?.expiresAtMs ?? 0) - Date.now();
    expect(leftMs).toBeGreaterThan(29 * 60_000);
    expect(leftMs).toBeLessThanOrEqual(30 * 60_000 + 1_000);
    const id = entry?.id ?? '';
    expect(out).toContain(
      `${id}: token:ci has main/company:resolve until ${new Date(entry?.expiresAtMs ?? 0).toISOString().replace('.000', '')}`,
    );
    expect((await fixture.run(['access'])).out).toContain(`break-glass ${id}  token:ci  main/company:resolve`);
    fixture.write('other.yml', readFileSync(file, 'utf8'));
    expect((await fixture.run([...GRANT, '--config', 'other.yml'])).out).toContain('other.yml is changed');
    expect(breakGlass()).toHaveLength(1);
    expect(await fixture.run(['access', 'revoke', id])).toMatchObject({ code: 0, err: '' });
    expect(breakGlass()).toEqual([]);
    expect((await fixture.run(['access', 'revoke', id])).err).toContain('no such grant');
  });

  it.each<[number, string, string]>([
    [3, 'token:cd', 'there is no such token'],
    [3, 'user:ann', 'there is no such user'],
    [3, 'ci', '--to token:ci'],
    [7, '25h', 'from 1s to 24h'],
    [7, '0s', 'from 1s to 24h'],
    [9, ' ', 'one line of text'],
    [9, '${HOME}', 'one line of text'],
    [9, 'x'.repeat(501), 'at most 500 characters'],
  ])('refuses argument %d as %s', async (at, value, message) => {
    const before = readFileSync(file, 'utf8');
    const { code, err } = await fixture.run(GRANT.with(at, value));
    expect([code, err, readFileSync(file, 'utf8')]).toEqual([1, expect.stringContaining(message), before]);
  });
});

describe('access why', () => {
  let server: Server;
  let asked: unknown;
  let answer: { status: number; body: object };
  beforeEach(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += chunk));
      request.on('end', () => {
        asked = [request.method, request.url, JSON.parse(text)];
        response.writeHead(answer.status).end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => server.close());

  const grant = { tenant: 'main', namespace: 'company', permissions: ['list'], origin: 'grants[0]' };
  const why = (...args: string[]) => {
    const env = { COFFER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, COFFER_TOKEN: 'coffer_x' };
    return fixture.run(['access', 'why', ...args], { env });
  };

  it('tells which grants allow or deny it, and exits with 2 where it is denied', async () => {
    answer = {
      status: 200,
      body: { allowed: false, principal: 'token:ci\u001b[0m', grants: [{ ...grant, verdict: 'other-permissions' }] },
    };
    expect(await why('resolve', 'company.team', '--principal', 'token:ci', '--tenant', 'other')).toEqual({
      code: 2,
      out: 'token:ci?[0m may not resolve in company.team of tenant other\n  other-permissions  main/company:list  grants[0]\n',
      err: '',
    });
    expect(asked).toEqual([
      'POST',
      '/coffer/v1/other/access/explain',
      { permission: 'resolve', namespace: 'company.team', principal: 'token:ci' },
    ]);
    answer = { status: 200, body: { allowed: true, principal: 'token:ci', grants: [] } };
    expect(await why('list', 'company')).toMatchObject({
      code: 0,
      out: expect.stringContaining('may list in company'),
    });
    expect((await why('list', 'company', '--json')).out).toBe(`${JSON.stringify(answer.body)}\n`);
  });

  it('asks about the claims of an issuer’s caller', async () => {
    answer = { status: 200, body: { allowed: true, principal: 'jwt:idp:', grants: [] } };
    fixture.write('claims.json', '{"groups": ["a"]}');
    await why('list', 'a', '--issuer', 'idp', '--claims', 'claims.json');
    expect(asked).toMatchObject({ 2: { issuer: 'idp', claims: { groups: ['a'] } } });
    expect((await why('list', 'a', '--issuer', 'idp')).err).toContain('--claims');
    expect((await why('list', 'a', '--issuer', 'idp', '--claims', 'none')).err).toContain('ENOENT');
  });

  it('exits with 1 where the question was not answered', async () => {
    answer = { status: 403, body: { detail: 'asking about others needs admin' } };
    expect(await why('list', 'a')).toMatchObject({ code: 1, err: expect.stringContaining('403: asking about others') });
    answer = { status: 404, body: { code: 'not-found', detail: 'no token' } };
    expect(await why('list', 'a')).toMatchObject({ code: 1, err: expect.stringContaining('404: no token') });
    expect(await why('read', 'a')).toMatchObject({ code: 1, err: expect.stringContaining('Allowed choices are list') });
  });
});
