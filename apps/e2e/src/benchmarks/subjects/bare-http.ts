import { join } from 'node:path';
import { NodeProcess } from '../../harness/index.js';
import type { HttpAnswer } from '../../harness/http-connection.js';

/** What a bare server answers to everything. */
export interface BareAnswer {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export interface BareHttp {
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

/** Node adds these itself. */
const OWN = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

const copyOf = ({ head, body }: HttpAnswer): BareAnswer => {
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
  return { headers: headers.filter(([name]) => !OWN.has(name.toLowerCase())), body: body.toString('utf8') };
};

/** Nothing but `node:http`, in a process of its own, that answers with the same bytes. */
export const startBareHttp = async (answer: HttpAnswer): Promise<BareHttp> => {
  const server = NodeProcess.start([join(__dirname, 'bare-server.js')], { input: JSON.stringify(copyOf(answer)) });
  const [, port] = await server.ready(/^ready (\d+)$/m);
  return {
    port: Number(port),
    pid: server.pid,
    close: async () => {
      await server.end();
    },
  };
};
