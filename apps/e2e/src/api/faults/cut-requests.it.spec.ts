/** @servers none */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { api, startCoffer, type Coffer } from '../../harness/index.js';

// Starts a real process, on machines that may be busy.
jest.setTimeout(900_000);

/** Short by default; a longer run: COFFER_TEST_CUT_REQUESTS=100000. */
const REQUESTS = Number(process.env['COFFER_TEST_CUT_REQUESTS'] ?? 3_000);
const SEED = Number(process.env['COFFER_TEST_SEED'] ?? 1);
const CONNECTIONS = 64;
const LONG = 4 * 1024 * 1024 + 1;
/** Milliseconds for which an answer is waited for at most before a connection is cut. */
const ANSWER_TIMEOUT_MS = 100;

const SECRETS = '/api/v1/main/namespaces/company/secrets';
const VALUES = '/coffer/v1/main/namespaces/company/values';

/** Numbers from 0 to below `limit` (mulberry32). */
const random = (seed: number) => {
  let state = seed;
  return (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
};

const body = JSON.stringify({ key: 'K', value: 'v'.repeat(2_000), tags: [{ key: 'a', value: 'b' }] });
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

/** Whole requests of each kind, good and bad, which are then cut and broken. */
const requestsOf = (token: string): string[] => {
  const head = (method: string, path: string, ...headers: string[]): string =>
    [`${method} ${path} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${token}`, ...headers, '', ''].join('\r\n');
  const json = 'Content-Type: application/json';
  const length = `Content-Length: ${body.length}`;
  const chunked = 'Transfer-Encoding: chunked';
  const whole = `${head('PUT', SECRETS, json, length)}${body}`;
  return [
    whole,
    `${head('PUT', SECRETS, json, length, 'Expect: 100-continue')}${body}`,
    `${head('PUT', SECRETS, json, chunked)}${chunk(body.slice(0, 900))}${chunk(body.slice(900))}0\r\n\r\n`,
    `${head('PUT', SECRETS, json, chunked)}${chunk(body)}0\r\nTrailer: x\r\n\r\n`,
    `${head('PUT', SECRETS, json, chunked)}${LONG.toString(16)};extension=x\r\n${body}`,
    `${head('PUT', SECRETS, json, `Content-Length: ${LONG}`)}${body}`,
    `${head('PUT', '/nowhere', json, chunked)}${chunk(body)}0\r\n\r\n`,
    `${head('PUT', SECRETS, 'Content-Type: text/plain', chunked)}${chunk(body)}0\r\n\r\n`,
    head('GET', `${VALUES}/LARGE`),
    `${head('GET', `${VALUES}/LARGE`)}${head('GET', `${VALUES}/LARGE`)}${whole}`,
    head('GET', '/api/v1/main/secrets?size=100'),
    head('GET', '/metrics'),
    `${head('POST', '/coffer/v1/main/namespaces/company/resolve', json, chunked)}${chunk('{"keys":[{"key":"LARGE"}]}')}0\r\n\r\n`,
    `${head('DELETE', `${SECRETS}/K`)}${whole}`,
  ];
};

const BREAKS: readonly ((text: string, at: number) => string)[] = [
  (text) => text,
  (text) => text,
  (text, at) => `${text.slice(0, at)}\0${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}\r\n${text.slice(at)}`,
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at) => `${text.slice(0, at)}${'x'.repeat(20_000)}${text.slice(at)}`,
];

/** How a caller leaves. */
const ENDINGS: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.destroy(),
  (socket) => socket.end(),
];

const closed = (socket: Socket): Promise<unknown> => (socket.closed ? Promise.resolve() : once(socket, 'close'));

it(`${REQUESTS} requests that are cut or broken at every point end no process (seed ${SEED})`, async () => {
  const coffer: Coffer = await startCoffer();
  try {
    const main = api(coffer.url, coffer.token);
    expect((await main.put('company', { key: 'LARGE', value: 'v'.repeat(500_000) })).status).toBe(200);
    const port = Number(new URL(coffer.url).port);
    const requests = requestsOf(coffer.token);
    const below = random(SEED);
    const counts = { sent: 0, answered: 0 };

    const cutOne = async (): Promise<void> => {
      const whole = requests[below(requests.length)] ?? '';
      const broken = (BREAKS[below(BREAKS.length)] ?? String)(whole, below(whole.length));
      // A quarter is sent to its end, of the rest the half is cut among the headers.
      const [cut, upTo] = [below(4), below(2) === 0 ? broken.length : broken.indexOf('\r\n\r\n') + 8];
      const text = cut === 0 ? broken : broken.slice(0, below(upTo));
      const flooded = below(100) === 0 && whole.includes(LONG.toString(16));
      const [waits, leave] = [below(2) === 0, ENDINGS[below(ENDINGS.length)]];
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      await Promise.race([once(socket, 'connect'), closed(socket)]).catch(() => undefined);
      socket.write(text, 'latin1');
      if (flooded) socket.write(' '.repeat(LONG));
      counts.sent += 1;
      if (waits) {
        const timer = setTimeout(() => socket.emit('late'), ANSWER_TIMEOUT_MS);
        const heard = once(socket, 'data').then(
          () => true,
          () => false,
        );
        if (await Promise.race([heard, once(socket, 'late').then(() => false), closed(socket).then(() => false)])) {
          counts.answered += 1;
        }
        clearTimeout(timer);
      }
      leave?.(socket);
      const insist = setTimeout(() => socket.destroy(), ANSWER_TIMEOUT_MS);
      await closed(socket).catch(() => undefined);
      clearTimeout(insist);
    };
    const caller = async (): Promise<void> => {
      while (counts.sent < REQUESTS) await cutOne();
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, caller));

    expect(counts.answered).toBeGreaterThan(0);
    expect(() => process.kill(coffer.pid, 0)).not.toThrow();
    expect((await main.put('company', { key: 'AFTER', value: 'v' })).status).toBe(200);
    expect((await main.value('company', 'AFTER')).json()['value']).toBe('v');
    expect(coffer.stderr()).toBe('');
    // Nothing that a caller can do is a fault of the process.
    expect(coffer.stdout()).not.toMatch(/"level":"(error|fatal)"/);
    coffer.kill('SIGTERM');
    expect(await coffer.exited).toEqual({ code: 0, signal: null });
  } finally {
    await coffer.stop();
  }
});
