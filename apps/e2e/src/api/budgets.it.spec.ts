/** @servers none */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { api, startCoffer, until, type Api, type Coffer } from '../harness/index.js';

// A real process, on machines that may be busy.
jest.setTimeout(300_000);

const KIB = 1_024;
const MIB = 1_024 * KIB;
const NAMESPACE = 'company';
/** 160 values of 512 KiB were asked for, again and again, and never read. */
const DEAF_CALLERS = 24;
const ITEMS = 160;

const residentBytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * KIB;

describe('what one caller may use up of a running Coffer', () => {
  let coffer: Coffer;
  let client: Api;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    coffer = await startCoffer({ config: 'kestra: {secret: {cache: {enabled: true}}}\n' });
    client = api(coffer.url, coffer.token);
    const fields = Object.fromEntries(Array.from({ length: 14_000 }, (_, index) => [`field_number_${index}`, index]));
    await client.put(NAMESPACE, { key: 'JSON', value: JSON.stringify(fields) });
    await client.put(NAMESPACE, { key: 'LARGE', value: 'v'.repeat(512 * KIB - 1) });
  });
  afterAll(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await coffer.stop();
  });

  const figure = async (name: string): Promise<number> => {
    const { text } = await client.call('GET', '/metrics');
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length),
    );
  };

  it('a batch of 500 equal keys with subkeys of a large value lets others be answered meanwhile', async () => {
    const keys = Array.from({ length: 500 }, (_, index) => ({ key: 'JSON', subkey: `field_number_${index}` }));
    const began = Array.from({ length: 8 }, () => client.resolve(NAMESPACE, keys));
    let [answered, done] = [0, false];
    const healthy = (async () => {
      while (!done) {
        expect((await client.call('GET', '/health/live')).status).toBe(200);
        answered += 1;
      }
    })();
    for (const answer of await Promise.all(began)) {
      expect(answer.json<{ value: string }[]>().map(({ value }) => value)).toEqual(
        keys.map((_, index) => String(index)),
      );
    }
    done = true;
    await healthy;
    expect(answered).toBeGreaterThan(0);
  });

  it('callers who never read hold no more than the budget, and others are answered', async () => {
    const before = residentBytes(coffer.pid);
    const { hostname, port } = new URL(coffer.url);
    const body = JSON.stringify({ keys: Array.from({ length: ITEMS }, () => ({ key: 'LARGE' })) });
    for (let caller = 0; caller < DEAF_CALLERS; caller += 1) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
      socket.pause();
      socket.write(
        `POST /coffer/v1/main/namespaces/${NAMESPACE}/resolve HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${coffer.token}\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    }
    await until(
      'the budget is used up',
      async () => (await figure('coffer_budget_refusals_total{budget="answers-in-flight"}')) > 0,
      120_000,
    );
    expect(await figure('coffer_http_answers_in_flight_bytes')).toBeLessThanOrEqual(128 * MIB);
    expect(residentBytes(coffer.pid) - before).toBeLessThan(700 * MIB);
    expect((await client.value(NAMESPACE, 'JSON', 'subkey=field_number_7')).json()).toMatchObject({ value: '7' });
    for (const socket of sockets.splice(0)) socket.destroy();
    await until('all is given back', async () => (await figure('coffer_http_answers_in_flight_bytes')) === 0);
    expect((await client.value(NAMESPACE, 'LARGE')).status).toBe(200);
  });
});
