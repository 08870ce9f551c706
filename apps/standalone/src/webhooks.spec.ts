import { createServer, type IncomingMessage, type Server } from 'node:http';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '@coffer/config';
import { createLogger } from '@coffer/observability';
import { fenceOf, SecretPath } from '@coffer/secrets';
import { DataFolder } from './data-folder/data-folder.js';
import { Outbox } from './data-folder/outbox/outbox.js';
import { composeStandalone, type Standalone } from './standalone.js';

interface Posted {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly sequence: string;
  readonly data: Readonly<Record<string, string>>;
}

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('webhooks of the lone process', () => {
  let folder: string;
  let server: Server;
  let status = 204;
  let token = '';
  const posted: Posted[] = [];
  const bodies: string[] = [];
  let running: Standalone | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-webhooks-'));
    status = 204;
    posted.splice(0);
    bodies.splice(0);
    server = createServer((request: IncomingMessage, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        bodies.push(body);
        if (status === 204) posted.push(JSON.parse(body) as Posted);
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const stop = async (): Promise<void> => {
    const stopping = running;
    running = undefined;
    await stopping?.close();
    // The program sets its umask; a test cannot.
    const data = join(folder, 'data');
    for (const name of readdirSync(data)) chmodSync(join(data, name), 0o600);
  };
  const start = async (more = ''): Promise<Standalone> => {
    const { port } = server.address() as AddressInfo;
    const hook = `{id: hook, url: "http://127.0.0.1:${port}/a", secret: a-key-of-many-characters, namespace: company${more}}`;
    running = await composeStandalone({
      configuration: loadConfiguration({
        env: { COFFER_CONFIG: 'coffer.yml' },
        readFile: () => `coffer: {webhooks: [${hook}]}`,
      }),
      folder: DataFolder.open(join(folder, 'data')),
      logger: createLogger('silent'),
      version: 'test',
      showToken: (shown) => (token = shown),
    });
    await running.app.init();
    await running.health.allUp();
    return running;
  };
  const call = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: object) => {
    if (running === undefined) throw new Error('nothing runs');
    const headers = { authorization: `Bearer ${token}` };
    return running.app.inject({ method, url, headers, ...(payload && { payload }) });
  };
  const put = async (namespace: string, key: string): Promise<void> => {
    const value = { key, value: 'canary-value-of-a-secret' };
    const answer = await call('PUT', `/api/v1/main/namespaces/${namespace}/secrets`, value);
    expect(answer.statusCode).toBe(200);
  };
  const deadLetters = async () => {
    const answer = await call('GET', '/coffer/v1/main/webhooks/dead-letters');
    return answer.json<{ results: { id: string; reason: string; key: string }[]; total: number }>();
  };

  it('tells of what takes effect in its namespaces, in order, and never of a value', async () => {
    await start();
    for (const key of ['A', 'B', 'A']) await put('company.team', key);
    await put('foreign', 'C');
    await call('DELETE', '/api/v1/main/namespaces/company.team/secrets/A');
    await until(() => posted.some(({ type }) => type === 'io.coffer.secret.delete'));
    const ofA = posted.filter(({ subject }) => subject === 'company.team/A');
    expect(ofA.map(({ type }) => type)).toEqual([
      'io.coffer.secret.change',
      'io.coffer.secret.change',
      'io.coffer.secret.delete',
    ]);
    expect(ofA.map(({ sequence }) => sequence)).toEqual(ofA.map(({ sequence }) => sequence).toSorted());
    expect(ofA[0]).toMatchObject({
      ...{ specversion: '1.0', source: '/coffer/v1/main', datacontenttype: 'application/json' },
      data: { tenant: 'main', namespace: 'company.team', key: 'A', version: expect.any(String) },
    });
    expect(posted.map(({ subject }) => subject)).not.toContain('foreign/C');
    expect(bodies.join()).not.toContain('canary');
    const files = readdirSync(join(folder, 'data')).filter((name) => name.startsWith('outbox'));
    for (const name of files) expect(readFileSync(join(folder, 'data', name)).includes('canary-value')).toBe(false);
  });

  it('goes on where it was, over a restart with the receiver away', async () => {
    await start();
    await put('company', 'BEFORE');
    await until(() => posted.length === 1);
    status = 503;
    await put('company', 'AWAY');
    await put('company', 'AWAY');
    await until(() => bodies.length > 1);
    await stop();
    status = 204;
    await start();
    await until(() => posted.length >= 3);
    await put('company', 'AFTER');
    await until(() => posted.at(-1)?.subject === 'company/AFTER');
    expect(posted.map(({ subject }) => subject)).toEqual([
      'company/BEFORE',
      'company/AWAY',
      'company/AWAY',
      'company/AFTER',
    ]);
    expect(new Set(posted.map(({ id }) => id)).size).toBe(4);
  });

  it('keeps what was given up, shows it to administrators, posts it again and forgets it', async () => {
    await start(', retryFor: 1ms');
    status = 500;
    await put('company', 'A');
    await put('company', 'B');
    await until(async () => (await deadLetters()).total === 2);
    const [first, second] = (await deadLetters()).results.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(first).toMatchObject({ webhook: 'hook', namespace: 'company', key: 'A', reason: 'http 500' });
    const path = `/coffer/v1/main/webhooks/dead-letters/${encodeURIComponent(first?.id ?? '')}`;
    const refused = await call('POST', `${path}/replay`);
    expect([refused.statusCode, refused.json<{ detail: string }>().detail]).toEqual([
      503,
      expect.stringContaining('http 500'),
    ]);
    expect((await deadLetters()).total).toBe(2);
    status = 204;
    expect((await call('POST', `${path}/replay`)).statusCode).toBe(204);
    expect(posted.map(({ subject }) => subject)).toEqual(['company/A']);
    expect((await call('POST', `${path}/replay`)).statusCode).toBe(404);
    const other = `/coffer/v1/main/webhooks/dead-letters/${encodeURIComponent(second?.id ?? '')}`;
    expect((await call('DELETE', other)).statusCode).toBe(204);
    expect(await deadLetters()).toEqual({ results: [], total: 0 });
    const metrics = (await call('GET', '/metrics')).payload;
    expect(metrics).toMatch(/coffer_webhook_undelivered_total\{webhook="hook"\} 2/);
    expect(metrics).toMatch(/coffer_budget_bytes\{budget="webhook hook"\} 0/);
  });
});

describe('the outbox', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'coffer-outbox-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = (maxBytes?: number): Outbox =>
    new Outbox({
      ...{ file: join(folder, 'outbox.db'), webhooks: ['hook'], wants: () => true, now: () => 5 },
      onEvicted: () => undefined,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
  const owned = (n: bigint) => ({
    ...{ partition: 0, owner: 0n, path: SecretPath.of('main', 'company', `K${n}`).toString() },
    ...{ fence: fenceOf(1, n), operation: `op-${n}` },
  });
  const at = (n: bigint) => ({ shard: 0, offset: n, timestamp: 1 });
  const prepare = (outbox: Outbox, n: bigint): void =>
    outbox.take({ ...at(n), record: { type: 'PREPARE', ...owned(n), prepareNumber: 1 } });
  const commit = (outbox: Outbox, n: bigint): void => {
    const end = { kind: 'put', fingerprint: '', outcome: 'applied', sealed: new Uint8Array() } as const;
    outbox.take({ ...at(n), record: { type: 'COMMIT', ...owned(n), ...end } });
  };
  const delivered = async (outbox: Outbox, ready: (found: readonly string[]) => boolean) => {
    const found: string[] = [];
    const subscription = outbox.subscription('hook');
    await subscription.start({
      settings: {},
      differ: () => undefined,
      wants: () => true,
      deliver: async ({ record }) => void found.push(record.operation),
      missed: async () => void found.push('missed'),
    });
    await until(() => ready(found));
    await subscription.close();
    return found;
  };

  it('tells of a write that was begun and whose end a crash has hidden, and of none that was refused', async () => {
    const first = open();
    for (const n of [1n, 2n, 3n]) prepare(first, n);
    commit(first, 1n);
    first.take({ ...at(2n), record: { type: 'ABORT', ...owned(2n), kind: 'put', fingerprint: '', code: 'invalid' } });
    first.close();
    const second = open();
    expect(await delivered(second, (found) => found.length === 2)).toEqual(['op-1', 'op-3']);
    second.close();
    const third = open();
    commit(third, 4n);
    expect(await delivered(third, (found) => found.length === 1)).toEqual(['op-4']);
    third.close();
  });

  it('keeps so many bytes, and says so to a webhook that lacks the oldest', async () => {
    const outbox = open(20_000);
    for (let n = 1n; n <= 1_000n; n += 1n) commit(outbox, n);
    expect(outbox.memory.bytes).toBeLessThanOrEqual(20_000);
    const found = await delivered(outbox, (all) => all.at(-1) === 'op-1000');
    expect(found[0]).toBe('missed');
    expect(found.length).toBe(1_001 - (outbox.memory.evictions ?? 0));
    outbox.close();
  });
});
