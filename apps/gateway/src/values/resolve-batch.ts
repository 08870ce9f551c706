import { visibleNamespace } from '@coffer/access';
import type { LimitsConfiguration } from '@coffer/config';
import type { Metrics } from '@coffer/observability';
import { Pace, slowest, type CacheStatus, type ReadService } from '@coffer/reads';
import { CofferError, MAX_KEY_LENGTH, SecretPath } from '@coffer/secrets';
import type { ThrottledLogger } from '@coffer/service';
import type { z } from 'zod';
import { sizeText } from '../http/budget/answer-budget.js';
import type { RequestQuota } from '../http/budget/request-quota.js';
import type { AuditedSecret } from '../http/audit/audited.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { problemOf } from '../http/errors/error-body.js';
import { logFailure } from '../http/errors/log-failure.js';
import { recognise } from '../http/errors/recognise.js';
import { BatchReads, type BatchAnswer, type BatchPath } from './batch-reads.js';
import type { resolveBatch } from './values.endpoints.js';
import type { GivenValues } from './given-values.js';
import { auditedOf, bodyOf, headersOf, mustBeVisible } from './resolved.js';
import type { resolvedItem } from './schemas.js';

type BatchCall = Call<typeof resolveBatch>;
type ItemAnswer = z.input<typeof resolvedItem>;
interface Dependencies {
  readonly reads: Pick<ReadService, 'resolve'>;
  readonly given: Pick<GivenValues, 'of'>;
  readonly requests: Pick<RequestQuota, 'take'>;
  readonly limits: LimitsConfiguration;
  readonly metrics: Pick<Metrics, 'refusals'>;
  readonly logger: Pick<ThrottledLogger, 'log'>;
}

/** Where an item is to be found, or why it is not looked for. */
interface Target {
  readonly key: string;
  readonly namespace: string;
  readonly subkey: string;
  readonly at: BatchPath | undefined;
  readonly error?: unknown;
  /** Size of the longest refusal of the item. */
  readonly reservedBytes: number;
}

/** An answer of which one copy, or none, has been taken from the allowance without being given. */
interface Priced {
  readonly answer: ItemAnswer;
  readonly bytes: number;
  paid: boolean;
}

const jsonBytes = (json: unknown): number => Buffer.byteLength(JSON.stringify(json));

/** Size of an item and the comma behind it. */
const bytesOf = (answer: ItemAnswer): number => jsonBytes(answer) + 1;

const refusalOf = ({ key, namespace }: Pick<Target, 'key' | 'namespace'>, error: CofferError): ItemAnswer => ({
  key,
  namespace,
  error: problemOf(error),
});

/** As long as any refusal of an item for want of room or time. */
const LONGEST_REFUSAL = new CofferError('overloaded', '.'.repeat(200));
/** Without its key and its namespace. */
const LONGEST_REFUSAL_BYTES = bytesOf(refusalOf({ key: '', namespace: '' }, LONGEST_REFUSAL)) - 2 * jsonBytes('');

/** Equal paths are one. */
const targetsOf = ({ tenant, namespace: outer, body }: BatchCall, visible: (namespace: string) => boolean) => {
  const paths = new Map<string, BatchPath>();
  const outerBytes = jsonBytes(outer);
  const targets = body.keys.map(({ key, subkey, namespace: own }): Target => {
    const namespace = own ?? outer;
    const reservedBytes =
      LONGEST_REFUSAL_BYTES + jsonBytes(key) + (namespace === outer ? outerBytes : jsonBytes(namespace));
    const place = { key, namespace, subkey: subkey ?? '', reservedBytes };
    try {
      const path = SecretPath.of(tenant, namespace, key);
      mustBeVisible(visible, path);
      const name = path.toString();
      const at = paths.get(name) ?? { path, subkeys: new Set<string>() };
      paths.set(name, at);
      at.subkeys.add(place.subkey);
      return { ...place, at };
    } catch (error) {
      return { ...place, at: undefined, error };
    }
  });
  return { paths: [...paths.values()], targets };
};

/** Each path beyond the first counts as a request of its own; the batch was counted already. Throws `rate-limited`. */
const countPaths = (
  { principal }: BatchCall,
  paths: readonly BatchPath[],
  requests: Pick<RequestQuota, 'take'>,
): void => {
  const counts = new Map<string, { readonly path: SecretPath; count: number }>();
  for (const { path } of paths.slice(1)) {
    const known = counts.get(path.namespace);
    if (known === undefined) counts.set(path.namespace, { path, count: 1 });
    else known.count += 1;
  }
  for (const { path, count } of counts.values()) requests.take(principal.id, path, count);
};

const REFUSAL_HINT = 'ask for it in another request';

/** One batch under way: each item in its order gets its value or its own error. */
class Batch {
  readonly #pace = new Pace();
  readonly #priced = new Map<BatchPath, ReadonlyMap<string, Priced>>();
  /** Why items from here on are refused. */
  #over: CofferError | undefined;
  /** What the records of the answers that give out a value say. */
  readonly #audited = new Map<ItemAnswer, AuditedSecret>();
  #given = 0;
  #slowest: CacheStatus | undefined;

  constructor(
    private readonly dependencies: Dependencies,
    private readonly call: BatchCall,
    private readonly most: number,
  ) {}

  /** Cache status of the slowest read. For a batch without a single value, as if the stores were asked. */
  get cacheStatus(): CacheStatus {
    return this.#slowest ?? { source: 'store', forward: 'bypass' };
  }

  async items(targets: readonly Target[], reads: BatchReads): Promise<readonly ItemAnswer[]> {
    this.call.allowance().take(targets.reduce((sum, { reservedBytes }) => sum + reservedBytes, 0));
    const answers: ItemAnswer[] = [];
    for (const target of targets) {
      if (this.#pace.due()) await this.#pace.rest();
      const answer = this.#over === undefined ? this.#item(target, reads) : refusalOf(target, this.#over);
      answers.push(answer instanceof Promise ? await answer : answer);
    }
    return answers;
  }

  /** One record for each of the answers. */
  audited(targets: readonly Target[], answers: readonly ItemAnswer[]): readonly AuditedSecret[] {
    return answers.map((answer, index) => {
      const { namespace, key } = targets[index] as Target;
      const outcome = 'error' in answer ? answer.error.code : undefined;
      return {
        namespace,
        key: key.slice(0, 2 * MAX_KEY_LENGTH),
        ...(outcome === undefined ? this.#audited.get(answer) : { outcome }),
      };
    });
  }

  /** No item waits any more. */
  end(): void {
    this.dependencies.metrics.refusals.inc({ budget: 'batch-time' });
    this.#over ??= this.#tooLate();
  }

  #tooLate(): CofferError {
    const seconds = this.dependencies.limits.batchTime / 1_000;
    return new CofferError(
      'timeout',
      `the batch took longer than ${seconds} s (coffer.limits.batchTime); ${REFUSAL_HINT}`,
    );
  }

  #tooLarge(): CofferError {
    return new CofferError(
      'too-large',
      `the answer to the batch would have more than ${sizeText(this.most)} with it (coffer.limits.answer); ${REFUSAL_HINT}`,
    );
  }

  /** At once where it is in memory: no promise without something to wait for. */
  #item(target: Target, reads: BatchReads): ItemAnswer | Promise<ItemAnswer> {
    const { at } = target;
    if (at === undefined) return this.#paid(target, this.#failure(target, target.error));
    const priced = this.#priced.get(at);
    if (priced !== undefined) return this.#give(target, priced);
    const taken = reads.take(at);
    const price = (answers: ReadonlyMap<string, BatchAnswer>): ItemAnswer => {
      const prices = new Map<string, Priced>();
      for (const [subkey, answer] of answers) prices.set(subkey, this.#price(target, subkey, answer));
      this.#priced.set(at, prices);
      return this.#give(target, prices);
    };
    return taken instanceof Promise ? taken.then(price) : price(taken);
  }

  #give(target: Target, priced: ReadonlyMap<string, Priced>): ItemAnswer {
    const found = priced.get(target.subkey) as Priced;
    if (!found.paid) return this.#paid(target, found.answer, found.bytes);
    found.paid = false;
    return found.answer;
  }

  /** What is kept of a value that was read is paid for at once. */
  #price(target: Target, subkey: string, answer: BatchAnswer): Priced {
    const { answer: made, bytes } = this.#made(target, subkey, answer);
    const paid = this.#paid(target, made, bytes);
    return paid === made ? { answer: made, bytes, paid: true } : { answer: paid, bytes: 0, paid: true };
  }

  #made(target: Target, subkey: string, answer: BatchAnswer): Pick<Priced, 'answer' | 'bytes'> {
    if ('error' in answer) {
      const refusal = this.#failure(target, answer.error);
      return { answer: refusal, bytes: bytesOf(refusal) };
    }
    const { secret } = answer;
    this.#slowest = slowest(this.#slowest, secret.cacheStatus);
    if (subkey === '') {
      const { body, audited, bytes } = this.dependencies.given.of(secret);
      this.#audited.set(body, audited);
      return { answer: body, bytes: bytes + 1 };
    }
    const body = bodyOf(secret);
    this.#audited.set(body, auditedOf(secret));
    return { answer: body, bytes: bytesOf(body) };
  }

  #failure(target: Target, thrown: unknown): ItemAnswer {
    const error = recognise(thrown);
    if (error.code === 'internal') {
      logFailure(this.dependencies.logger, error, thrown, { request: this.call.requestId });
    }
    return refusalOf(target, error);
  }

  /** The answer, if the allowance has room for it; the refusal otherwise, for which there always is. */
  #paid(target: Target, answer: ItemAnswer, bytes = bytesOf(answer)): ItemAnswer {
    const more = bytes - target.reservedBytes;
    const allowance = this.call.allowance();
    if (more > allowance.left) {
      this.dependencies.metrics.refusals.inc({ budget: 'answer' });
      const tooLarge = this.#tooLarge();
      if (bytes < this.most) this.#over ??= tooLarge;
      return refusalOf(target, tooLarge);
    }
    try {
      if (more > 0) allowance.take(more);
    } catch (error) {
      if (!CofferError.is(error, 'overloaded') || this.#given === 0) throw error;
      this.#over ??= error;
      return refusalOf(target, error);
    }
    this.#given += 1;
    return answer;
  }
}

/** Equal items are read once, and a value is parsed once for all of its subkeys; the event loop is given back meanwhile. */
export const resolveMany = async (
  call: BatchCall,
  dependencies: Dependencies,
): Promise<Answer<typeof resolveBatch>> => {
  const { batchTime, answer } = dependencies.limits;
  const visible = visibleNamespace(call.principal, 'resolve', call.tenant);
  const { paths, targets } = targetsOf(call, visible);
  countPaths(call, paths, dependencies.requests);
  const batch = new Batch(dependencies, call, answer);
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    batch.end();
    resolve();
  }, batchTime);
  try {
    const items = await batch.items(targets, new BatchReads(paths, dependencies.reads, visible, late));
    const audited = batch.audited(targets, items);
    return { status: 200, headers: headersOf(batch.cacheStatus), audited, body: [...items] };
  } finally {
    clearTimeout(timer);
  }
};
