import { setTimeout as pause } from 'node:timers/promises';
import { HttpConnection, requestBytes, type HttpAnswer } from '../../harness/http-connection.js';
import { until } from '../../harness/index.js';

/** What every credential of a run may read. */
export const NAMESPACE = 'company.team';
export const KEY = 'K';

const VALUE = `/coffer/v1/main/namespaces/${NAMESPACE}/values/${KEY}`;
const UNCACHED = '/coffer/v1/main/whoami';
/** What a gateway answers to who may read: from its cache, and without. */
const OF_GATEWAYS: Targets = { [VALUE]: '200 hit', [UNCACHED]: '200' };
/** All that a worker or a coordinator shows to callers. */
export const OF_METRICS: Targets = { '/metrics': '200' };
const POLL_INTERVAL_MS = 20;
const REFUSED_TIMEOUT_MS = 90_000;
/** Ten of the first kind within a minute, from one address, are answered by the second. */
const REFUSALS = ['unauthorized', 'login-throttled'];
/** After the first refusal. */
const REPETITIONS = 5;

export type Headers = Readonly<Record<string, string>>;

/** The outcome of each while a credential counts. */
type Targets = Readonly<Record<string, string>>;

/** The status, and whether from its memory; or the error's code. */
const outcomeOf = ({ status, head, body }: HttpAnswer): string => {
  if (status === 200) return /hit; detail=l1/.test(head) ? '200 hit' : '200';
  return (JSON.parse(body.toString()) as { code: string }).code;
};

/** A credential as processes are shown it, each over one connection that stays open. */
export class ShownCredential {
  private constructor(
    readonly name: string,
    readonly headers: Headers,
    private readonly connections: readonly HttpConnection[],
    private readonly targets: Targets,
  ) {}

  static async open(
    addresses: readonly string[],
    name: string,
    headers: Headers,
    targets = OF_GATEWAYS,
  ): Promise<ShownCredential> {
    const connections = await Promise.all(
      addresses.map((address) => HttpConnection.open(Number(new URL(address).port))),
    );
    return new ShownCredential(name, headers, connections, targets);
  }

  /** Waits until each process lets it in; a gateway also from its cache. */
  async countsEverywhere(): Promise<void> {
    const expected = Object.values(this.targets).join();
    await Promise.all(
      this.connections.map((connection, at) =>
        until(
          `${this.name} counts with process ${at} that answers ${Object.keys(this.targets).join(', ')}`,
          async () => (await this.#askAll(connection)).join() === expected,
        ),
      ),
    );
  }

  /**
   * Waits until each process refuses it, cached or not. Returns when the last one did for the first time, by the wall clock,
   * and how often any of them let it in after it had refused it.
   */
  async refusedEverywhere(): Promise<{ readonly atMs: number; readonly takenAgain: number }> {
    const refused = await Promise.all(this.connections.map((connection) => this.#refused(connection)));
    const takenAgain = refused.reduce((sum, each) => sum + each.takenAgain, 0);
    return { atMs: Math.max(...refused.map(({ atMs }) => atMs)), takenAgain };
  }

  /** By how many processes it is refused now. */
  async refusals(): Promise<number> {
    const answers = await Promise.all(this.connections.map((connection) => this.#isRefused(connection)));
    return answers.filter(Boolean).length;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  async #refused(connection: HttpConnection) {
    const end = performance.now() + REFUSED_TIMEOUT_MS;
    while (!(await this.#isRefused(connection))) {
      if (performance.now() > end) throw new Error(`${this.name} still counts after ${REFUSED_TIMEOUT_MS} ms`);
      await pause(POLL_INTERVAL_MS);
    }
    const atMs = Date.now();
    let takenAgain = 0;
    for (let time = 0; time < REPETITIONS; time += 1) if (!(await this.#isRefused(connection))) takenAgain += 1;
    return { atMs, takenAgain };
  }

  async #isRefused(connection: HttpConnection): Promise<boolean> {
    return (await this.#askAll(connection)).every((answer) => REFUSALS.includes(answer));
  }

  async #askAll(connection: HttpConnection): Promise<string[]> {
    const answers: string[] = [];
    for (const target of Object.keys(this.targets)) answers.push(await this.#ask(connection, target));
    return answers;
  }

  async #ask(connection: HttpConnection, target: string): Promise<string> {
    return outcomeOf(await connection.send(requestBytes('GET', target, { headers: this.headers })));
  }
}
