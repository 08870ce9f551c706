import { api, type Coffer } from '../harness/index.js';
import { HttpConnection, requestBytes, type HttpAnswer } from './http-connection.js';

const NAMESPACE = 'bench.team';
/** Secrets that reads and writes go round. */
export const SECRETS = 200;
export const BATCH = 100;

const keyOf = (index: number): string => `KEY_${index % SECRETS}`;
/** 64 characters, different for every number. */
const valueOf = (number: number): string => String(number).padStart(64, 'value-');

const expect = ({ status, body }: HttpAnswer): void => {
  if (status !== 200) throw new Error(`Coffer answered ${status}: ${body.toString('utf8')}`);
};

/** The calls that are measured, of one running Coffer. Each lane has a connection of its own. */
export class CofferCalls {
  #count = 0;

  private constructor(
    private readonly connections: readonly HttpConnection[],
    private readonly reads: readonly Buffer[],
    private readonly batch: Buffer,
    private readonly token: string,
  ) {}

  /** Stores the secrets, and sees that they are read as they were written. */
  static async open({ url, token }: Pick<Coffer, 'url' | 'token'>, lanes: number): Promise<CofferCalls> {
    const client = api(url, token);
    for (let index = 0; index < SECRETS; index += 1) {
      const { status, text } = await client.put(NAMESPACE, { key: keyOf(index), value: valueOf(index) });
      if (status !== 200) throw new Error(`Coffer answered ${status}: ${text}`);
    }
    const port = Number(new URL(url).port);
    const connections = await Promise.all(Array.from({ length: lanes }, () => HttpConnection.open(port)));
    const root = `/coffer/v1/main/namespaces/${NAMESPACE}`;
    const reads = Array.from({ length: SECRETS }, (_, index) =>
      requestBytes('GET', `${root}/values/${keyOf(index)}`, { token }),
    );
    const keys = Array.from({ length: BATCH }, (_, index) => ({ key: keyOf(index) }));
    const calls = new CofferCalls(
      connections,
      reads,
      requestBytes('POST', `${root}/resolve`, { token, body: { keys } }),
      token,
    );
    await calls.#check();
    return calls;
  }

  /** One whole answer of a read, for a bare server to repeat. */
  answer(): Promise<HttpAnswer> {
    return this.#connection(0).send(this.reads[0] as Buffer);
  }

  async read(lane: number): Promise<void> {
    expect(await this.#connection(lane).send(this.reads[(this.#count += 1) % SECRETS] as Buffer));
  }

  async readBatch(lane: number): Promise<void> {
    expect(await this.#connection(lane).send(this.batch));
  }

  async write(lane: number): Promise<void> {
    const number = (this.#count += 1);
    const body = { key: keyOf(number), value: valueOf(number) };
    const target = `/api/v1/main/namespaces/${NAMESPACE}/secrets`;
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
