import { setTimeout as delay } from 'node:timers/promises';
import type { Backend, CallOptions, ListScope, SecretEntry } from '@coffer/backend-contract';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';

/** Secrets on one page, and calls a second: as AWS publishes them for ListSecrets. */
export const PAGE = 100;
export const PER_SECOND = 100;
const LATENCY_MS = 1;
/** Calls that the store takes at once: a little more than a caller that keeps its rate makes. */
const BURST = 20;

/** The secret of that number, in one of 200 namespaces, with what people write beside a secret. */
export const secretOf = (index: number) => ({
  path: SecretPath.of('main', `company.team-${index % 200}`, `SECRET_OF_SERVICE_${String(index).padStart(6, '0')}`),
  metadata: {
    description: `the password of service number ${index}`,
    tags: [
      { key: 'application', value: 'kestra-production' },
      { key: 'owner', value: `person-${index % 500}@example.com` },
    ],
  },
});

/** The reference adapter with a store's way of listing: a hundred a page, so many pages a second, in no order. */
export class PagedStore {
  #began = performance.now();
  #calls = 0;
  /** Calls beyond the rate: the store refused them. */
  throttled = 0;
  pages = 0;

  constructor(private readonly inner: Backend) {}

  async fill(secrets: number): Promise<void> {
    const call = { signal: new AbortController().signal };
    for (let index = 0; index < secrets; index += 1) {
      const { path, metadata } = secretOf(index);
      await this.inner.apply(
        { kind: 'put', path, value: new SecretValue('v'), metadata },
        { fence: fenceOf(1, BigInt(index + 1)), ...call },
      );
    }
  }

  get backend(): Backend {
    const { inner } = this;
    return {
      capabilities: inner.capabilities,
      read: (path, call) => inner.read(path, call),
      apply: (mutation, options) => inner.apply(mutation, options),
      list: (scope, call) => this.#list(scope, call),
      check: (call) => inner.check(call),
      close: () => inner.close(),
    };
  }

  async *#list(scope: ListScope, call: CallOptions): AsyncGenerator<readonly SecretEntry[]> {
    const all: SecretEntry[] = [];
    for await (const page of this.inner.list(scope, call)) all.push(...page);
    const pages = Math.ceil(all.length / PAGE);
    for (let page = 0; page < pages; page += 1) {
      await this.#asked();
      yield all.filter((_, index) => index % pages === page);
    }
  }

  /** A bucket that empties at the published rate. */
  async #asked(): Promise<void> {
    const now = performance.now();
    this.#calls = Math.max(0, this.#calls - ((now - this.#began) * PER_SECOND) / 1_000) + 1;
    this.#began = now;
    this.pages += 1;
    if (this.#calls > BURST) {
      this.throttled += 1;
      throw new CofferError('throttled', 'more calls than the rate allows');
    }
    await delay(LATENCY_MS);
  }
}
