import { connect } from 'node:net';
import { join } from 'node:path';
import { requestBytes } from '../../harness/http-connection.js';
import { NodeProcess } from '../../harness/index.js';

const SERVE = join(__dirname, 'serve.js');
const READY_TIMEOUT_MS = 120_000;
/** The value of every secret. */
export const VALUE = 'canary-value-0123456789abcdef';

export interface Answer {
  readonly status: number;
  /** How often the value was among the bytes that came. */
  readonly values: number;
}

export interface SendOptions {
  /** The owner may do everything, an unprivileged user nothing. Defaults to the owner. */
  readonly as?: 'owner' | 'unprivileged' | 'nobody';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Settings of a gateway whose records go to a sink, and the command that starts it. */
export interface SinkPlace {
  readonly configuration: object;
  readonly kafka?: object;
  /** A shell's command that ends in `"$@"`. */
  readonly through?: string;
}

/** A gateway in a process of its own, and every byte that it sends. */
export class AuditedGateway {
  private constructor(
    private readonly process: NodeProcess,
    private readonly port: number,
    private readonly token: string,
    private readonly unprivileged: string,
  ) {}

  /** `configuration`: as of `coffer.audit.sinks`; `kafka`: as of `coffer.kafka`; `timeout`: as of `coffer.audit`. */
  static async start({ configuration, kafka, through }: SinkPlace, timeout: string): Promise<AuditedGateway> {
    const process = NodeProcess.start([SERVE, JSON.stringify(configuration), timeout, JSON.stringify(kafka ?? null)], {
      ...(through !== undefined && { through }),
    });
    const [, url = '', token = '', unprivileged = ''] = await process.ready(
      /^ready (\S+) (\S+) (\S+)$/m,
      READY_TIMEOUT_MS,
    );
    return new AuditedGateway(process, Number(new URL(url).port), token, unprivileged);
  }

  get pid(): number {
    return this.process.pid;
  }

  /** One request on a connection of its own, read until the server closes it. */
  send(method: string, target: string, { as = 'owner', body, headers: more }: SendOptions = {}): Promise<Answer> {
    const headers = {
      ...more,
      connection: 'close',
      ...(as === 'unprivileged' && { authorization: `Basic ${this.unprivileged}` }),
    };
    const bytes = requestBytes(method, target, {
      headers,
      ...(as === 'owner' && { token: this.token }),
      ...(body !== undefined && { body }),
    });
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1');
      let received = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
      socket.on('error', reject);
      socket.on('close', () =>
        resolve({ status: Number(received.slice(9, 12)), values: received.split(VALUE).length - 1 }),
      );
      socket.write(bytes);
    });
  }

  async end(): Promise<void> {
    await this.process.end();
  }
}
