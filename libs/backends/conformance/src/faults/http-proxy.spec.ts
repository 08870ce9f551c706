import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpProxy, type HttpVerdict } from './http-proxy.js';

describe('HttpProxy', () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${request.headers.host} ${Buffer.concat(chunks).toString()}`);
      response.writeHead(201, { 'x-answer': 'yes' }).end('done');
    });
  });
  let proxy: HttpProxy;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await HttpProxy.to(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      throttled: { status: 400, headers: { 'content-type': 'application/json' }, body: '{"slow":"down"}' },
    });
  });
  afterAll(async () => {
    await proxy.close();
    server.close();
  });
  beforeEach(() => seen.splice(0));
  const post = (signal = AbortSignal.timeout(10_000)) =>
    fetch(`${proxy.url}/a?b=c`, { method: 'POST', body: 'text', signal });

  it('passes requests and answers on as they are, the host included', async () => {
    proxy.set('pass');
    const answer = await post();
    expect([answer.status, answer.headers.get('x-answer'), await answer.text()]).toEqual([201, 'yes', 'done']);
    expect(seen).toEqual([`POST /a?b=c 127.0.0.1:${proxy.port} text`]);
  });

  it('answers by itself as it is told', async () => {
    proxy.set('throttled');
    const answer = await post();
    expect([answer.status, await answer.text()]).toEqual([400, '{"slow":"down"}']);
    proxy.set('server-error');
    expect((await post()).status).toBe(500);
    proxy.set(({ path, body }) => (path === '/a?b=c' && body.toString() === 'text' ? { status: 403 } : 'pass'));
    expect((await post()).status).toBe(403);
    expect(seen).toEqual([]);
  });

  it.each<[HttpVerdict, number]>([
    ['cut-before', 0],
    ['cut-after', 1],
  ])('%s: the server saw %d requests', async (verdict, requests) => {
    proxy.set(verdict);
    await expect(post()).rejects.toThrow();
    expect(seen).toHaveLength(requests);
  });

  it('timeout-after: the server does the work and the answer never comes, until the next verdict cuts it', async () => {
    proxy.set('timeout-after');
    const hanging = post();
    while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    // The server's answer still has to reach the proxy.
    const cut = hanging.then(
      () => 'answered',
      () => 'cut',
    );
    const again = setInterval(() => proxy.set('timeout-after'), 5);
    expect(await cut).toBe('cut');
    clearInterval(again);
    proxy.set('pass');
    expect((await post()).status).toBe(201);
  });
});
