/** @servers none */
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { api, removeFolder, scratchFolder, startCoffer, until, type Coffer } from '../../harness/index.js';

// Starts real processes, on machines that may be busy.
jest.setTimeout(360_000);

const NUMBERS = Array.from({ length: 20 }, (_, n) => n);

/** A write whose head the process has in hand, and whose body it waits for. */
const begin = async ({ url, token }: Coffer, body: string): Promise<ClientRequest> => {
  const sent = request(`${url}/api/v1/main/namespaces/company/secrets`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    },
  });
  sent.flushHeaders();
  await once(sent, 'continue');
  return sent;
};

const connects = async ({ url }: Coffer): Promise<boolean> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const connected = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
};

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it('answers the writes in hand, ends with 0 and frees the folder', async () => {
    const scratch = scratchFolder();
    const dataFolder = join(scratch, 'data');
    try {
      const coffer = await startCoffer({ dataFolder });
      const main = api(coffer.url, coffer.token);
      expect((await main.put('company', { key: 'BEFORE', value: 'before' })).status).toBe(200);
      const bodies = NUMBERS.map((n) => JSON.stringify({ key: `K${n}`, value: `v${n}` }));
      const begun = await Promise.all(bodies.map((body) => begin(coffer, body)));
      const answers = begun.map((sent) => once(sent, 'response') as Promise<[IncomingMessage]>);
      coffer.kill(signal);
      // It has begun to end, and the writes that it has in hand are still to be read.
      await until('it takes no new connection', async () => (await connects(coffer)) === false);
      begun.forEach((sent, n) => sent.end(bodies[n]));
      const statuses = (await Promise.all(answers)).map(([answer]) => answer.resume().statusCode);
      expect(statuses).toEqual(NUMBERS.map(() => 200));
      expect(await coffer.exited).toEqual({ code: 0, signal: null });
      expect(coffer.stderr()).toBe('');

      const next = await startCoffer({ dataFolder, token: coffer.token });
      const after = api(next.url, coffer.token);
      const keys = ['BEFORE', ...NUMBERS.map((n) => `K${n}`)].map((key) => ({ key }));
      expect((await after.resolve('company', keys)).json()).toMatchObject([
        { value: 'before' },
        ...NUMBERS.map((n) => ({ value: `v${n}` })),
      ]);
      await next.stop();
    } finally {
      removeFolder(scratch);
    }
  });
});
