import { HttpConnection, type HttpAnswer } from '../../harness/http-connection.js';

/** A request beyond waits for one of them, and that counts as its time. */
const CONNECTIONS = 500;
const TICK_MS = 2;

export interface LoadResult {
  /** Requests that were sent. */
  readonly sent: number;
  /** How long each took that was let in, in milliseconds from when it was due, the shortest first. */
  readonly admittedMs: readonly number[];
  /** Answers 429 and 503 that say when to come again. */
  readonly refused: number;
  /** Refusals without `Retry-After`, all other answers above 299, and connections that broke. */
  readonly wrong: readonly string[];
}

/** The value that a share of them do not exceed; they must be sorted. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;

/** Collects what came of requests. */
class Tally {
  sent = 0;
  refused = 0;
  readonly admittedMs: number[] = [];
  readonly wrong: string[] = [];

  add({ status, head }: HttpAnswer, ms: number): void {
    if (status < 300) this.admittedMs.push(ms);
    else if ((status === 429 || status === 503) && /\r\nretry-after: \d+/i.test(head)) this.refused += 1;
    else this.wrong.push(`an answer ${status}`);
  }

  result(): LoadResult {
    const { sent, refused, wrong } = this;
    return { sent, refused, wrong, admittedMs: this.admittedMs.toSorted((a, b) => a - b) };
  }
}

/** Requests one after the other over each connection: as many as the server can answer. */
export const closedLoop = async (
  port: number,
  request: () => Buffer,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<LoadResult> => {
  const tally = new Tally();
  const end = performance.now() + seconds * 1_000;
  const lane = async (): Promise<void> => {
    const connection = await HttpConnection.open(port);
    try {
      while (performance.now() < end) {
        const began = performance.now();
        tally.sent += 1;
        tally.add(await connection.send(request()), performance.now() - began);
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  return tally.result();
};

/**
 * Requests at a rate that does not depend on the answers, over connections that are open before: a server takes one new
 * connection in each turn of its event loop, which would hold requests back. Resolves when each was answered.
 */
export const openLoop = async (
  port: number,
  request: () => Buffer,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<LoadResult> => {
  const tally = new Tally();
  const free = await Promise.all(Array.from({ length: CONNECTIONS }, () => HttpConnection.open(port)));
  const all = [...free];
  const due: number[] = [];
  const underWay = new Set<Promise<void>>();

  const run = async (connection: HttpConnection, since: number): Promise<void> => {
    for (let next: number | undefined = since; next !== undefined; next = due.shift()) {
      tally.sent += 1;
      try {
        tally.add(await connection.send(request()), performance.now() - next);
      } catch (error) {
        tally.wrong.push(String(error));
      }
    }
    free.push(connection);
  };
  const begin = (now: number): void => {
    const connection = free.pop();
    if (connection === undefined) {
      due.push(now);
      return;
    }
    const running = run(connection, now).finally(() => underWay.delete(running));
    underWay.add(running);
  };

  const began = performance.now();
  const count = Math.round(perSecond * seconds);
  let started = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now();
      const until = Math.min(count, Math.floor(((now - began) / 1_000) * perSecond));
      for (; started < until; started += 1) begin(now);
      if (started < count) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  while (underWay.size > 0) await Promise.all(underWay);
  for (const each of all) each.close();
  return tally.result();
};
