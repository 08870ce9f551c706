import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { issuerFetch } from './issuer-fetch.js';

let server: Server;
let base: string;
let status: number;
let type: string | undefined;
beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      if (type !== undefined) response.setHeader('content-type', type);
      response
        .writeHead(status)
        .end(status === 204 ? undefined : `${request.method} ${body} ${String(request.headers['x-a'])}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  [status, type] = [200, 'application/json'];
});

const ask = (method: string, body?: unknown, address = `${base}/token`): Promise<Response> =>
  issuerFetch(`${base}/discovery`, undefined)(address, { method, headers: { 'x-a': 'b' }, body });

it.each<[string, unknown, string]>([
  ['GET', undefined, 'GET  b'],
  ['POST', new URLSearchParams({ c: 'd e' }), 'POST c=d+e b'],
  ['POST', 'a text', 'POST a text b'],
  ['POST', null, 'POST  b'],
])('%s with %s is asked as it is', async (method, body, expected) => {
  const answer = await ask(method, body);
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    200,
    'application/json',
    expected,
  ]);
});

it('an answer is given back as it is, whatever it lacks', async () => {
  [status, type] = [204, undefined];
  const answer = await ask('GET');
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([204, null, '']);
  status = 400;
  expect((await ask('GET')).status).toBe(400);
});

it.each([429, 500, 503])('an issuer that answers %d has failed', async (failed) => {
  status = failed;
  await expect(ask('GET')).rejects.toThrow(`it answered with status ${failed}`);
});

it('no other address is asked', async () => {
  await expect(ask('GET', undefined, 'http://id.example.com/')).rejects.toThrow(/endpoint/);
});
