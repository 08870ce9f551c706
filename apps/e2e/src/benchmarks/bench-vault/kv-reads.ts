import { until } from '../../harness/index.js';
import { HttpConnection, requestBytes } from '../../harness/http-connection.js';
import { LANES, SECRETS } from '../subjects/coffer-calls.js';

const PATH = '/v1/secret/data/bench/team/KEY_';
/** 64 characters, different for every secret. */
const valueOf = (index: number): string => String(index).padStart(64, 'value-');

interface Secret {
  readonly request: Buffer;
  /** Part of the right answer. */
  readonly expected: Buffer;
}

/** Reads of KV 2 from one server, Vault's or Coffer's: the same requests by the same client. Each lane has a connection of its own. */
export class KvReads {
  #count = 0;

  private constructor(
    private readonly connections: readonly HttpConnection[],
    private readonly secrets: readonly Secret[],
  ) {}

  /** Writes the secrets, and sees that each is read as it was written. */
  static async open(address: string, token: string): Promise<KvReads> {
    const headers = { 'x-vault-token': token };
    for (let index = 0; index < SECRETS; index += 1) {
      await until('the engine takes a write', async () => {
        const { status } = await fetch(`${address}${PATH}${index}`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ data: { value: valueOf(index) } }),
        });
        return status === 200;
      });
    }
    const port = Number(new URL(address).port);
    const connections = await Promise.all(Array.from({ length: LANES }, () => HttpConnection.open(port)));
    const secrets = Array.from({ length: SECRETS }, (_, index) => ({
      request: requestBytes('GET', `${PATH}${index}`, { headers }),
      expected: Buffer.from(`"data":{"value":"${valueOf(index)}"}`),
    }));
    const reads = new KvReads(connections, secrets);
    for (let index = 0; index < SECRETS; index += 1) await reads.#read(0, index);
    return reads;
  }

  read(lane: number): Promise<void> {
    return this.#read(lane, (this.#count += 1) % SECRETS);
  }

  close(): void {
    this.connections.forEach((connection) => connection.close());
  }

  #read(lane: number, index: number): Promise<void> {
    const { request, expected } = this.secrets[index] as Secret;
    return (this.connections[lane] as HttpConnection).send(request).then((answer) => {
      if (answer.status === 200 && answer.body.includes(expected)) return;
      throw new Error(`answered ${answer.status}: ${answer.body.toString('utf8')}`);
    });
  }
}
