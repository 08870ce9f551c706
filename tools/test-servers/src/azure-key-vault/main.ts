import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { services } from './service.ts';
import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { Request, Response } from './rest.ts';
import type { AddressInfo } from 'node:net';

/**
 * Serves the folder's `settings.json`, `key.pem` and `certificate.pem` on 127.0.0.1. Arguments: folder, port.
 *
 * Beside the vault's own API, for tests that want a vault to themselves: `POST /test-vaults` with the header
 * `x-secret` of the first principal answers `{url}` of a new one, `DELETE /test-vaults/PORT` ends it.
 */
const [folder = '.', port = '0'] = process.argv.slice(2);
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const [key, cert, settings] = [read('key.pem'), read('certificate.pem'), JSON.parse(read('settings.json'))];
const { handle, newVault } = services(settings);
const origin = `https://127.0.0.1:${port}`;

/** More than any request of the API is long. */
const MAX_REQUEST_BYTES = 1_000_000;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_REQUEST_BYTES) throw new Error('the request is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function serve(answerTo: (request: Request) => Response | Promise<Response>, at: number): Promise<Server> {
  const server = createServer({ key, cert }, async (request, response) => {
    try {
      const { method = '', headers } = request;
      const url = new URL(`https://${headers.host ?? '127.0.0.1'}${request.url ?? '/'}`);
      const body = await bodyOf(request);
      const given = headers as Record<string, string | undefined>;
      const answer = await answerTo({ method, url, headers: given, body });
      const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
      response.writeHead(answer.status, {
        ...(answer.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
        'content-length': Buffer.byteLength(text),
        'cache-control': 'no-cache',
        ...answer.headers,
      });
      response.end(text);
    } catch {
      request.destroy();
    }
  });
  server.keepAliveTimeout = 60_000;
  server.listen(at, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** By port. */
const others: Map<string, Server> = new Map();

async function testVaults({ method, url, headers }: Request): Promise<Response> {
  if (headers['x-secret'] !== settings.principals[0].secret) return { status: 403 };
  if (method === 'POST') {
    const server = await serve(newVault(origin), 0);
    const address = server.address() as AddressInfo;
    others.set(`${address.port}`, server);
    return { status: 201, body: { url: `https://127.0.0.1:${address.port}` } };
  }
  const name = url.pathname.split('/')[2] ?? '';
  others.get(name)?.close();
  others.get(name)?.closeAllConnections();
  return { status: others.delete(name) ? 204 : 404 };
}

await serve(
  (request) => (request.url.pathname.startsWith('/test-vaults') ? testVaults(request) : handle(request)),
  Number(port),
);
process.once('SIGTERM', () => process.exit(0));
