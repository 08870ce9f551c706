import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import type { BareAnswer } from './bare-http.js';

/** A process of its own: reads one answer from standard input, says its port, and answers with that to everything. */
const serve = async (): Promise<void> => {
  const { headers, body } = (await json(process.stdin)) as BareAnswer;
  const bytes = Buffer.from(body);
  const flat = headers.flat();
  const server = createServer((_request, response) => {
    response.writeHead(200, flat);
    response.end(bytes);
  });
  // As Coffer keeps them: an idle connection must outlast the turns of the others.
  server.keepAliveTimeout = 30_000;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object') process.stdout.write(`ready ${address?.port}\n`);
  });
};

void serve();
