import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { residentBytes } from '@coffer/test-servers/process-facts';
import { api, until, type Api, type Coffer } from '../harness/index.js';
import { onCoffer, reachedBy, type Attack } from './attack.js';

const KIB = 1_024;
const MIB = 1_024 * KIB;
const NAMESPACE = 'company';
/** 160 values of 512 KiB were asked for, again and again, and never read. */
const DEAF_CALLERS = 24;
const ITEMS = 160;
/** Longest time to an answer about health while a batch is worked on. Without the fix nothing was answered for 58 s. */
const MAX_SILENCE_MS = 10_000;
const CACHING = 'kestra: {secret: {cache: {enabled: true}}}\n';

const figure = async (client: Api, name: string): Promise<number> => {
  const { text } = await client.call('GET', '/metrics');
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
};

const putJson = (client: Api) => {
  const fields = Object.fromEntries(Array.from({ length: 14_000 }, (_, index) => [`field_number_${index}`, index]));
  return client.put(NAMESPACE, { key: 'JSON', value: JSON.stringify(fields) });
};

/** 14 KB of request, 500 times the same parse of a large value. */
export const equalKeys: Attack = {
  name: 'batch-of-equal-keys',
  aim: 'A small batch stops the gateway for everybody',
  run: () =>
    onCoffer({ config: CACHING }, async ({ url, token }) => {
      const client = api(url, token);
      await putJson(client);
      const keys = Array.from({ length: 500 }, (_, index) => ({ key: 'JSON', subkey: `field_number_${index}` }));
      const began = Array.from({ length: 8 }, () => client.resolve(NAMESPACE, keys).catch(() => undefined));
      let [longestMs, answered, done] = [0, 0, false];
      const healthy = (async () => {
        while (!done) {
          const asked = performance.now();
          // A process without a moment for its connections answers nobody, and closes them.
          const health = await client.call('GET', '/health/live').catch(() => undefined);
          if (health?.status === 200) answered += 1;
          longestMs = Math.max(longestMs, performance.now() - asked);
        }
      })();
      const answers = await Promise.all(began);
      done = true;
      await healthy;
      const right = answers.every(
        (answer) =>
          answer?.status === 200 &&
          answer.json<{ value: string }[]>().every(({ value }, index) => value === `${index}`),
      );
      return {
        tried: `8 batches of 500 equal keys with subkeys of a large value at once; health was answered ${answered} times meanwhile, ${Math.round(longestMs)} ms at the longest`,
        reached: reachedBy(
          [longestMs > MAX_SILENCE_MS, `nobody was answered for ${Math.round(longestMs)} ms`],
          [answered === 0, 'nobody was answered meanwhile'],
          [!right, 'the batches themselves were not answered'],
        ),
      };
    }),
};

const askAndNeverRead = async ({ url, token }: Coffer, sockets: Socket[]): Promise<void> => {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ keys: Array.from({ length: ITEMS }, () => ({ key: 'LARGE' })) });
  for (let caller = 0; caller < DEAF_CALLERS; caller += 1) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    socket.pause();
    socket.write(
      `POST /coffer/v1/main/namespaces/${NAMESPACE}/resolve HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }
};

/** Each small request would pin 80 MB. */
export const deafCallers: Attack = {
  name: 'callers-who-never-read',
  aim: 'A small request pins half a gigabyte',
  run: () =>
    onCoffer({ config: CACHING }, async (coffer) => {
      const client = api(coffer.url, coffer.token);
      await putJson(client);
      await client.put(NAMESPACE, { key: 'LARGE', value: 'v'.repeat(512 * KIB - 1) });
      const before = residentBytes(coffer.pid);
      const sockets: Socket[] = [];
      try {
        await askAndNeverRead(coffer, sockets);
        let grown = 0;
        const refused = async () => {
          grown = Math.max(grown, residentBytes(coffer.pid) - before);
          return (await figure(client, 'coffer_budget_refusals_total{budget="answers-in-flight"}')) > 0;
        };
        const isBounded = await until('the budget is used up', refused, 30_000).catch(() => false);
        const inFlight = await figure(client, 'coffer_http_answers_in_flight_bytes');
        const other = await client.value(NAMESPACE, 'JSON', 'subkey=field_number_7');
        for (const socket of sockets.splice(0)) socket.destroy();
        const isGivenBack = async () => (await figure(client, 'coffer_http_answers_in_flight_bytes')) === 0;
        const givenBack = await until('all is given back', isGivenBack, 30_000).catch(() => false);
        const last = await client.value(NAMESPACE, 'LARGE');
        return {
          tried: `${DEAF_CALLERS} callers asked for ${ITEMS} values of 512 KiB each and never read; the memory grew by ${Math.round(grown / MIB)} MiB`,
          reached: reachedBy(
            [!isBounded, 'no caller was refused'],
            [inFlight > 128 * MIB, `${Math.round(inFlight / MIB)} MiB of answers were held`],
            [grown > 700 * MIB, `the memory grew by ${Math.round(grown / MIB)} MiB`],
            [other.status !== 200 || last.status !== 200, 'others were not answered'],
            [!givenBack, 'what they held was not given back when they had left'],
          ),
        };
      } finally {
        for (const socket of sockets) socket.destroy();
      }
    }),
};
