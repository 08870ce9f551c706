import { api, until, type Coffer } from '../../harness/index.js';
import { HttpConnection, requestBytes, type HttpAnswer } from '../../harness/http-connection.js';

const NAMESPACE = 'bench.team';
/** Secrets that reads and writes go round. */
export const SECRETS = 200;
export const BATCH = 100;
/** Calls under way at the same time where throughput is measured. */
export const LANES = 16;

const keyOf = (index: number): string => `KEY_${index % SECRETS}`;
/** 64 characters, different for every number. */
const valueOf = (number: number): string => String(number).padStart(64, 'value-');

const expect = (answer: HttpAnswer): void => {
  if (answer.status !== 200) throw new Error(`Coffer answered ${answer.status}: ${answer.body.toString('utf8')}`);
};

/** The calls that are measured, of one running Coffer. Each lane has a connection of its own. */
export class CofferCalls {
  #count = 0;

  private constructor(
    private readonly connections: readonly HttpConnection[],
    private readonly reads: readonly Buffer[],
    private readonly batch: Buffer,
    private readonly token: string,
    private readonly namespace: string,
  ) {}

  /** Stores the secrets, and sees that they are read as they were written. */
  static async open(
    { url, token }: Pick<Coffer, 'url' | 'token'>,
    lanes: number,
    namespace = NAMESPACE,
  ): Promise<CofferCalls> {
    const client = api(url, token);
    const write = async (index: number): Promise<void> => {
      const { status, text } = await client.put(namespace, { key: keyOf(index), value: valueOf(index) });
      if (status !== 200) throw new Error(`Coffer answered ${status}: ${text}`);
    };
    for (let index = 0; index < SECRETS; index += lanes) {
      await Promise.all(Array.from({ length: Math.min(lanes, SECRETS - index) }, (_, lane) => write(index + lane)));
    }
    const port = Number(new URL(url).port);
    const connections = await Promise.all(Array.from({ length: lanes }, () => HttpConnection.open(port)));
    const root = `/coffer/v1/main/namespaces/${namespace}`;
    const reads = Array.from({ length: SECRETS }, (_, index) =>
      requestBytes('GET', `${root}/values/${keyOf(index)}`, { token }),
    );
    const keys = Array.from({ length: BATCH }, (_, index) => ({ key: keyOf(index) }));
    const calls = new CofferCalls(
      connections,
      reads,
      requestBytes('POST', `${root}/resolve`, { token, body: { keys } }),
      token,
      namespace,
    );
    await calls.#check();
    return calls;
  }

  /** The request that reads the first secret. */
  get request(): Buffer {
    return this.reads[0] as Buffer;
  }

  /** Reads every secret until the head of each answer is such. */
  async warm(head: RegExp): Promise<void> {
    for (const read of this.reads) {
      await until('a read is answered from where it should', async () =>
        head.test((await this.#connection(0).send(read)).head),
      );
    }
  }

  /** One whole answer of a read, for a bare server to repeat. */
  answer(): Promise<HttpAnswer> {
    return this.#connection(0).send(this.reads[0] as Buffer);
  }

  read(lane: number): Promise<void> {
    const request = this.reads[(this.#count += 1) % SECRETS] as Buffer;
    return this.#connection(lane).send(request).then(expect);
  }

  readBatch(lane: number): Promise<void> {
    return this.#connection(lane).send(this.batch).then(expect);
  }

  async write(lane: number): Promise<void> {
    const number = (this.#count += 1);
    const body = { key: keyOf(number), value: valueOf(number) };
    const target = `/api/v1/main/namespaces/${this.namespace}/secrets`;
    expect(await this.#connection(lane).send(requestBytes('PUT', target, { token: this.token, body })));
  }

  close(): void {
    this.connections.forEach((connection) => connection.close());
  }

  async #check(): Promise<void> {
    const one = JSON.parse((await this.answer()).body.toString('utf8')) as { value: string };
    const all = JSON.parse((await this.#connection(0).send(this.batch)).body.toString('utf8')) as { value: string }[];
    if (one.value !== valueOf(0) || !all.every(({ value }, index) => value === valueOf(index))) {
      throw new Error('Coffer did not answer what was written');
    }
  }

  #connection(lane: number): HttpConnection {
    return this.connections[lane] as HttpConnection;
  }
}
