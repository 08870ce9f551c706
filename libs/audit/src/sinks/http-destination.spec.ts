import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretValue } from '@coffer/secrets';
import { ChainVerifier } from '../chain/verify-chain.js';
import { ENTRY, openTrail } from '../trail.fixture.js';
import { HttpDestination } from './http-destination.js';

describe('a collector by HTTP', () => {
  let server: Server;
  let status: number | undefined;
  let bodies: string[];
  let authorization: string | undefined;
  let port: number;
  /** Larger ones are answered 413. */
  let maxBytes: number;

  const listen = async (on: number): Promise<void> => {
    server = createServer((request, response) => {
      authorization = request.headers.authorization;
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        // Without a status it is silent.
        if (status === undefined) return;
        const answer = status === 200 && Buffer.byteLength(body) > maxBytes ? 413 : status;
        if (answer === 200) bodies.push(body);
        response.writeHead(answer, answer === 101 ? { connection: 'upgrade', upgrade: 'x' } : {}).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(on, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  };
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const keys = (): string[] =>
    bodies
      .join('')
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => (JSON.parse(line) as { key?: string }).key ?? []);
  const open = (timeoutMs = 60_000) =>
    openTrail(
      [new HttpDestination({ url: `http://127.0.0.1:${port}/audit`, token: new SecretValue('t'), timeoutMs: 1_000 })],
      { timeoutMs },
    );

  beforeEach(async () => {
    bodies = [];
    status = 200;
    maxBytes = Number.POSITIVE_INFINITY;
    await listen(0);
  });
  afterEach(() => close());

  it('gets the lines of a turn in one request, with the token', async () => {
    const { trail } = open();
    const taken = await Promise.all(['A', 'B', 'C'].map((key) => trail.record({ ...ENTRY, key })));
    expect(taken).toEqual([true, true, true]);
    expect([...new Set(keys())]).toEqual(['A', 'B', 'C']);
    expect(new Set(bodies).size).toBe(2);
    expect(authorization).toBe('Bearer t');
    await trail.close();
  });

  it.each([
    ['refuses', 500],
    ['is silent', undefined],
    ['switches to another protocol', 101],
  ])('that %s: nothing is taken until it answers again', async (_, answer) => {
    const { trail, counts } = open(2_500);
    expect(await trail.record({ ...ENTRY, key: 'BEFORE' })).toBe(true);
    status = answer;
    expect(await trail.record({ ...ENTRY, key: 'DURING' })).toBe(false);
    expect(counts[0]?.failed).toBeGreaterThan(0);
    status = 200;
    while (!(await trail.record({ ...ENTRY, key: 'AFTER' })));
    expect(keys()).toEqual(expect.arrayContaining(['BEFORE', 'AFTER']));
    await trail.close();
  });

  it('that answers 413 gets fewer lines at once, and loses but the line that alone is too large', async () => {
    maxBytes = 2_000;
    const { trail, counts } = open(2_500);
    const names = Array.from({ length: 40 }, (_, index) => `K${index}`);
    expect(new Set(await Promise.all(names.map((key) => trail.record({ ...ENTRY, key }))))).toEqual(new Set([true]));
    expect(keys()).toEqual(names);
    const long = { ...ENTRY, key: 'x'.repeat(2_000) };
    const taken = ['A', 'B'].map((key) => trail.record({ ...ENTRY, key }, false));
    const lost = trail.record(long);
    taken.push(trail.record({ ...ENTRY, key: 'C' }, false));
    // Its record is nowhere, so that its answer must not leave.
    expect(await lost).toBe(false);
    await Promise.all(taken);
    expect(await trail.record({ ...ENTRY, key: 'AFTER' })).toBe(true);
    await trail.close();
    expect(keys()).toEqual([...names, 'A', 'B', 'C', 'AFTER']);
    expect(counts[0]).toMatchObject({
      lost: 1,
      written: 44,
      trouble: [expect.objectContaining({ code: '413' }), undefined],
    });
    const verifier = new ChainVerifier();
    for (const line of bodies.join('').split('\n').slice(0, -1)) verifier.add(line);
    expect(verifier.result()).toMatchObject({ problems: [], lostRecords: 1 });
  });

  it('that is gone: nothing is taken until it is there again', async () => {
    const { trail } = open(2_500);
    expect(await trail.record(ENTRY)).toBe(true);
    await close();
    expect(await trail.record(ENTRY)).toBe(false);
    await listen(port);
    while (!(await trail.record({ ...ENTRY, key: 'AFTER' })));
    expect(keys()).toContain('AFTER');
    await trail.close();
  });
});
