import { Pool } from 'undici';

export interface GatewayAnswer {
  readonly status: number;
  readonly cacheStatus: string;
  readonly text: string;
}

/** A gateway may be stopped for a while and answers what waited when it wakes: longer than any stop, in milliseconds. */
const PATIENCE = 30_000;

/** One gateway process. Rejects where there is no answer. */
export class GatewayClient {
  readonly #pool: Pool;

  constructor(
    address: string,
    private readonly token: string,
  ) {
    this.#pool = new Pool(address, { connections: 128, headersTimeout: PATIENCE, bodyTimeout: PATIENCE });
  }

  async call(
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    { body, idempotencyKey, signal }: { body?: unknown; idempotencyKey?: string; signal?: AbortSignal } = {},
  ): Promise<GatewayAnswer> {
    const answer = await this.#pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, cacheStatus: String(answer.headers['cache-status'] ?? ''), text };
  }

  close(): void {
    void this.#pool.destroy();
  }
}
