import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../run.js';

const TOKEN = 'coffer_token';

interface Reply {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

const deadLetter = (number: number, more: object = {}) => ({
  id: `28147497671${number}-0`,
  tenant: 'main',
  namespace: 'company.team',
  key: `a key/\u202e${number}`,
  kind: 'put',
  code: 'corrupt',
  operation: `operation-${number}`,
  time: '2023-11-14T22:13:20.000Z',
  ...more,
});

/** Says what the test tells it to; what a real gateway says is shown where one runs. */
class Gateway {
  readonly calls: string[] = [];
  readonly tokens = new Set<string | undefined>();
  answer: (call: string) => Reply = () => ({ status: 500 });
  #server: Server | undefined;

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      const call = `${request.method} ${request.url}`;
      this.calls.push(call);
      this.tokens.add(request.headers.authorization);
      const { status, body, headers = {} } = this.answer(call);
      response.writeHead(status, headers).end(body === undefined ? undefined : JSON.stringify(body));
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}

let gateway: Gateway;
let url: string;
beforeEach(async () => {
  gateway = new Gateway();
  url = await gateway.start();
});
afterEach(() => gateway.stop());

const coffer = async (args: string[], env: Record<string, string> = {}, group = ['dead-letters']) => {
  const result = { out: '', err: '' };
  const code = await run([...group, ...args], {
    env: { COFFER_URL: url, COFFER_TOKEN: TOKEN, ...env },
    interactive: true,
    isScreen: true,
    cwd: '/',
    input: (async function* () {})(),
    out: (text) => void (result.out += text),
    err: (text) => void (result.err += text),
  });
  return { code, ...result };
};

const page = (...results: object[]): Reply => ({ status: 200, body: { results, total: results.length } });
const absent: Reply = { status: 404, body: { code: 'not-found', detail: 'there is no such dead letter' } };

describe('dead-letters list', () => {
  it('prints a line for each, with nothing that a terminal obeys or a script splits wrongly', async () => {
    const { tenant: _t, namespace: _n, key: _k, ...nowhere } = deadLetter(2);
    gateway.answer = () => page(deadLetter(1), nowhere);
    const { code, out, err } = await coffer(['list']);
    expect([code, err]).toEqual([0, '2 dead letters\n']);
    expect(out.split('\n').map((line) => line.split('  '))).toEqual([
      [
        '281474976711-0',
        '2023-11-14T22:13:20.000Z',
        'corrupt',
        'put',
        'main/company.team/a%20key%2F%E2%80%AE1',
        'operation-1',
      ],
      ['281474976712-0', '2023-11-14T22:13:20.000Z', 'corrupt', 'put', '-', 'operation-2'],
      [''],
    ]);
    expect([...gateway.tokens]).toEqual([`Bearer ${TOKEN}`]);
  });

  it('asks for every page, of the tenant that it was told', async () => {
    const many = Array.from({ length: 1_000 }, (_, number) => deadLetter(1_000 + number));
    gateway.answer = (call) => (call.includes('page=1&') ? page(...many) : page(deadLetter(1)));
    const { out } = await coffer(['list', '--json', '--tenant', 'other']);
    const lines = out.trimEnd().split('\n');
    expect([lines.length, JSON.parse(lines.at(-1) ?? '')]).toEqual([1_001, deadLetter(1)]);
    expect(gateway.calls).toEqual([1, 2].map((n) => `GET /coffer/v1/other/dead-letters?page=${n}&size=1000`));
  });

  it('takes address and token from options as well, and keeps a path of the address', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'coffer-cli-'));
    const file = join(folder, 'token');
    writeFileSync(file, 'coffer_other\n');
    gateway.answer = () => page();
    const { code } = await coffer(['list', '--url', `${url}/below/`, '--token-file', file], { COFFER_URL: 'nowhere' });
    rmSync(folder, { recursive: true });
    expect([code, gateway.calls[0], [...gateway.tokens]]).toEqual([
      0,
      'GET /below/coffer/v1/main/dead-letters?page=1&size=1000',
      ['Bearer coffer_other'],
    ]);
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ['no address', [], { COFFER_URL: '' }, '--url'],
    ['no token', [], { COFFER_TOKEN: '' }, '--token-file'],
    ['a token that cannot be one', [], { COFFER_TOKEN: 'hunter2\r\nx: y' }, 'no token has'],
    ['no such file', ['--token-file', '/nowhere/at/all'], {}, 'ENOENT'],
    ['an address with credentials', ['--url', 'http://me:hunter2@127.0.0.1/'], {}, 'has a user name or password in it'],
    ['an address that is none', ['--url', 'hunter2'], {}, 'must begin with http:// or https://'],
    ['a tenant that is none', ['--tenant', 'A/b'], {}, 'invalid tenant'],
    ['a token as an argument', ['--token', 'hunter2'], {}, "unknown option '--token'"],
  ])('says what to do about %s', async (_, args, env, hint) => {
    const { code, out, err } = await coffer(['list', ...args], env);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(hint);
    expect(err).not.toContain('hunter2');
    expect(gateway.calls).toEqual([]);
  });

  it('says what a port is that is never asked', async () => {
    const { code, err } = await coffer(['list', '--url', 'http://127.0.0.1:1']);
    expect([code, err]).toEqual([1, expect.stringMatching(/cannot be reached: bad port/)]);
  });

  it('says that nobody is there', async () => {
    gateway.stop();
    expect(await coffer(['list'])).toMatchObject({ code: 1, err: expect.stringContaining('ECONNREFUSED') });
  });

  it.each<[string, Reply, string]>([
    [
      'a refusal',
      { status: 403, body: { detail: 'this needs the permission\u001b[2J admin' } },
      'permission [2J admin',
    ],
    ['a page of something else', { status: 200, body: {} }, 'check --url'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'answered 302'],
    ['an absence', { status: 404 }, 'answered 404'],
    ['a gateway without Kafka', { status: 503, headers: { 'retry-after': '1' }, body: { detail: 'Kafka' } }, 'Kafka'],
  ])('ends with the words of the gateway at %s', async (_, reply, words) => {
    gateway.answer = () => reply;
    const { code, out, err } = await coffer(['list']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(words);
    expect(err).not.toContain('\u001b');
  });
});

describe('dead-letters replay', () => {
  const queued = (call: string): Reply => ({
    status: 202,
    body: { id: `op of ${call.split('/')[5]}`, state: 'pending' },
  });

  it('queues what is named, one after the other, and says which operation to ask for', async () => {
    gateway.answer = queued;
    const { code, out } = await coffer(['replay', '1-0', '2-0']);
    expect([code, out]).toEqual([0, '1/2  1-0  queued, operation op of 1-0\n2/2  2-0  queued, operation op of 2-0\n']);
    expect(gateway.calls).toEqual([1, 2].map((n) => `POST /coffer/v1/main/dead-letters/${n}-0/replay`));
  });

  it('--all queues what was there when it began, each once, whatever became of it meanwhile', async () => {
    gateway.answer = (call) =>
      call.startsWith('GET') ? page(deadLetter(1), deadLetter(2)) : call.includes('6711-0') ? absent : queued(call);
    const { code, out } = await coffer(['replay', '--all']);
    expect([code, out.split('\n').map((line) => line.split('  ')[2])]).toEqual([
      0,
      ['not there any more', 'queued, operation op of 281474976712-0', undefined],
    ]);
    expect(gateway.calls).toHaveLength(3);
  });

  it('waits as long as the gateway asks for, and tries again', async () => {
    let busy = 2;
    gateway.answer = (call) => (busy-- > 0 ? { status: 503, headers: { 'retry-after': '0' } } : queued(call));
    expect((await coffer(['replay', '1-0'])).code).toBe(0);
    expect(gateway.calls).toHaveLength(3);
  });

  it.each<[string, Reply, string]>([
    ['what was named is not there', absent, '1 of 1 were not there'],
    ['the gateway refuses', { status: 422, body: { detail: 'can only be discarded' } }, 'can only be discarded'],
    ['another server answers', { status: 404, body: {} }, 'answered 404'],
    ['it is sent elsewhere', { status: 302, headers: { location: '/' } }, 'answered 302'],
    ['the gateway is broken', { status: 500 }, 'answered 500'],
    ['it stays busy', { status: 503, headers: { 'retry-after': '0' }, body: { detail: 'waiting' } }, 'waiting'],
  ])('fails when %s', async (_, reply, words) => {
    gateway.answer = () => reply;
    const { code, err } = await coffer(['replay', '1-0']);
    expect([code, err]).toEqual([1, expect.stringContaining(words)]);
  });

  it.each([[['replay']], [['replay', '--all', '1-0']], [['discard']]])('asks which ones: %p', async (args) => {
    const { code, err } = await coffer(args);
    expect([code, err]).toEqual([1, expect.stringContaining('--all')]);
    expect(gateway.calls).toEqual([]);
  });
});

describe('dead-letters discard', () => {
  it('forgets what is named, or all', async () => {
    gateway.answer = (call) => (call.startsWith('GET') ? page(deadLetter(1)) : { status: 204 });
    expect(await coffer(['discard', 'a/b'])).toMatchObject({ code: 0, out: '1/1  a/b  discarded\n' });
    expect(await coffer(['discard', '--all'])).toMatchObject({ code: 0, out: '1/1  281474976711-0  discarded\n' });
    expect(gateway.calls.filter((call) => call.startsWith('DELETE'))).toEqual([
      'DELETE /coffer/v1/main/dead-letters/a%2Fb',
      'DELETE /coffer/v1/main/dead-letters/281474976711-0',
    ]);
  });

  it('of all that are none says so', async () => {
    gateway.answer = () => page();
    expect(await coffer(['discard', '--all'])).toEqual({ code: 0, out: '', err: 'there are no dead letters\n' });
  });
});

describe('webhook dead-letters', () => {
  const webhook = (args: string[]) => coffer(args, {}, ['webhook', 'dead-letters']);
  const event = (number: number) => ({
    id: `hook~28147497671${number}-0`,
    webhook: 'hook',
    tenant: 'main',
    namespace: 'company.team',
    key: 'A',
    reason: number === 1 ? 'the receiver was away' : 'http 503',
    attempts: number,
    time: '2023-11-14T22:13:20.000Z',
  });

  it('list has a line for each, with why it was given up', async () => {
    gateway.answer = () => page(event(1), event(2));
    const { code, out, err } = await webhook(['list']);
    expect([code, err]).toEqual([0, '2 dead letters\n']);
    expect(out.split('\n')[0]?.split('  ')).toEqual([
      ...[
        'hook~281474976711-0',
        '2023-11-14T22:13:20.000Z',
        'hook',
        '1',
        'main/company.team/A',
        'the receiver was away',
      ],
    ]);
    expect(gateway.calls).toEqual(['GET /coffer/v1/main/webhooks/dead-letters?page=1&size=1000']);
  });

  it('replay posts each once, tries the others where one is not taken, and fails then', async () => {
    const busy = { status: 503, headers: { 'retry-after': '1' }, body: { detail: 'http 500; it is kept' } };
    gateway.answer = (call) =>
      call.startsWith('GET') ? page(event(1), event(2)) : call.includes('6711-0') ? busy : { status: 204 };
    const { code, out, err } = await webhook(['replay', '--all']);
    expect(out.split('\n').map((line) => line.split('  ')[2])).toEqual([
      'not taken: http 500; it is kept',
      'taken',
      undefined,
    ]);
    expect([code, err]).toEqual([1, 'error: 1 of 2 were not taken\n']);
    expect(gateway.calls.slice(1)).toEqual(
      [1, 2].map((n) => `POST /coffer/v1/main/webhooks/dead-letters/hook~28147497671${n}-0/replay`),
    );
  });

  it('discard forgets what is named', async () => {
    gateway.answer = () => ({ status: 204 });
    expect(await webhook(['discard', 'hook~1-0'])).toMatchObject({ code: 0, out: '1/1  hook~1-0  discarded\n' });
    expect(gateway.calls).toEqual(['DELETE /coffer/v1/main/webhooks/dead-letters/hook~1-0']);
  });
});
