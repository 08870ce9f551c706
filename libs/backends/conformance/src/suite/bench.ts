import { expect, it } from '@jest/globals';
import type { Backend, CallOptions, SecretEntry } from '@coffer/backend-contract';
import {
  CofferError,
  compareCodePoints,
  fenceOf,
  SecretPath,
  SecretValue,
  type Fence,
  type Outcome,
} from '@coffer/secrets';
import { leaksOf } from '../leaks.js';
import type { Harness } from '../harness.js';

/** Part of every value of the suite; characters that each disguise writes differently. */
export const VALUE_CANARY = 'c0ffer-canary:"välue"/\\<>&%';

/** Generous, for nothing in the suite depends on it. */
const CALL_TIMEOUT_MS = 60_000;

const byPath = (a: SecretEntry, b: SecretEntry): number =>
  compareCodePoints(a.path.namespace, b.path.namespace) || compareCodePoints(a.path.key, b.path.key);

/** What the suite's tests share: the opened harness, and paths, fences and values that no other test uses. */
export class Bench {
  #backend: Backend | undefined;
  #opened: Backend[] = [];
  #tenants = 0;
  #fences = 0n;

  constructor(readonly harness: Harness) {}

  /** Declares a test; where the test server departs from the service it stands for, the reason instead. */
  readonly it = (title: string, run: () => void | Promise<void>, timeout?: number): void => {
    const reason = this.harness.departures?.[title];
    if (reason === undefined) it(title, run, timeout);
    else this.absent(title, `the test server departs from the service: ${reason}`);
  };

  /** Declares that there is no such test here, and why. */
  absent(title: string, reason: string): void {
    it(`${title} [capability absent: ${reason}]`, () => expect(reason).toMatch(/\w/));
  }

  get backend(): Backend {
    if (this.#backend === undefined) throw new Error('the harness is not open');
    return this.#backend;
  }

  async open(): Promise<void> {
    this.#backend = await this.opened(this.harness.open({}));
  }

  /** Closed with the bench. */
  async opened(opening: Promise<Backend>): Promise<Backend> {
    const backend = await opening;
    this.#opened.push(backend);
    return backend;
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((backend) => backend.close()));
    await this.harness.close();
  }

  /** A new one each time, so that a list shows a test its own secrets alone. */
  tenant(): string {
    this.#tenants += 1;
    return `tenant${this.#tenants}`;
  }

  path(key = 'secret', namespace = 'company.team', tenant = this.tenant()): SecretPath {
    return SecretPath.of(tenant, namespace, key);
  }

  /** Above all before it. */
  fence(): Fence {
    this.#fences += 1n;
    return fenceOf(1, this.#fences);
  }

  value(text: string): SecretValue {
    return new SecretValue(`${VALUE_CANARY} ${text}`);
  }

  call(): CallOptions {
    return { signal: AbortSignal.timeout(CALL_TIMEOUT_MS) };
  }

  /** Calls until the store answers; throws what is not retryable, and anything after `CALL_TIMEOUT_MS`. */
  async eventually<T>(run: () => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    for (;;) {
      try {
        return await run();
      } catch (error) {
        this.assertShowsNothing(error);
        if (signal.aborted || !CofferError.is(error) || !error.retryable) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** Asks until the answer is yes; fails after `within` milliseconds. */
  async until(condition: () => Promise<boolean>, within = CALL_TIMEOUT_MS): Promise<void> {
    const signal = AbortSignal.timeout(within);
    while (!(await condition())) {
      if (signal.aborted) throw new Error(`what was awaited did not happen within ${within} ms`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async put(path: SecretPath, text: string, backend = this.backend): Promise<Outcome> {
    return backend.apply(
      { kind: 'put', path, value: this.value(text), metadata: { tags: [] } },
      { fence: this.fence(), ...this.call() },
    );
  }

  /** The value in clear without the canary, or `undefined` for an absent secret. */
  async textOf(path: SecretPath, backend = this.backend): Promise<string | undefined> {
    const stored = await backend.read(path, this.call());
    return stored?.value.reveal().replace(`${VALUE_CANARY} `, '');
  }

  /** In the order of namespace and key, which no store need keep. */
  async entries(tenant: string, namespace?: string, backend = this.backend): Promise<SecretEntry[]> {
    const all: SecretEntry[] = [];
    const scope = namespace === undefined ? { tenant } : { tenant, namespace };
    for await (const page of backend.list(scope, this.call())) all.push(...page);
    return all.sort(byPath);
  }

  /** The keys of a list, in the order of namespace and key. */
  async keys(tenant: string, namespace?: string, backend = this.backend): Promise<string[]> {
    return (await this.entries(tenant, namespace, backend)).map(({ path }) => path.key);
  }

  /** What the call was refused with; fails when it was not, when the error is not ours, or when it shows a canary. */
  async failure(calling: Promise<unknown>): Promise<CofferError> {
    const error = await calling.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(CofferError);
    this.assertShowsNothing(error);
    return error as CofferError;
  }

  assertShowsNothing(error: unknown): void {
    expect(leaksOf(error, [VALUE_CANARY, ...this.harness.credentialCanaries])).toEqual([]);
  }
}
