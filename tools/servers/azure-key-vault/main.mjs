import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { service } from './service.mjs';

/** Serves the folder's `settings.json`, `key.pem` and `certificate.pem` on 127.0.0.1. Arguments: folder, port. */
const [folder = '.', port = '0'] = process.argv.slice(2);
const read = (/** @type {string} */ file) => readFileSync(join(folder, file), 'utf8');
const handle = service(JSON.parse(read('settings.json')));

/** More than any request of the API is long. */
const LONGEST = 1_000_000;

const server = createServer({ key: read('key.pem'), cert: read('certificate.pem') }, (request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  let length = 0;
  request.on('data', (chunk) => {
    length += chunk.length;
    if (length > LONGEST) request.destroy();
    else chunks.push(chunk);
  });
  request.on('end', () => {
    const { method = '', headers } = request;
    const url = new URL(`https://${headers.host ?? `127.0.0.1:${port}`}${request.url ?? '/'}`);
    const body = Buffer.concat(chunks).toString('utf8');
    const answer = handle({ method, url, headers: /** @type {Record<string, string | undefined>} */ (headers), body });
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
    response.writeHead(answer.status, {
      ...(answer.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-cache',
      ...answer.headers,
    });
    response.end(text);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
