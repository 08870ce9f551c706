import type {
  ApplyOptions,
  Backend,
  CallOptions,
  Capabilities,
  ListScope,
  SecretEntry,
  StoredSecret,
  StoreMutation,
} from '@coffer/backend-contract';
import type { Outcome, SecretPath } from '@coffer/secrets';

export type Operation = 'read' | StoreMutation['kind'] | 'list' | 'check';

/** Passes every call through `around`; for a list, the fetching of each page. */
export abstract class DecoratedBackend implements Backend {
  constructor(protected readonly inner: Backend) {}

  protected abstract around<T>(operation: Operation, call: CallOptions, run: () => Promise<T>): Promise<T>;

  get capabilities(): Capabilities {
    return this.inner.capabilities;
  }

  read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    return this.around('read', call, () => this.inner.read(path, call));
  }

  apply(mutation: StoreMutation, options: ApplyOptions): Promise<Outcome> {
    return this.around(mutation.kind, options, () => this.inner.apply(mutation, options));
  }

  async *list(scope: ListScope, call: CallOptions): AsyncGenerator<readonly SecretEntry[]> {
    const pages = this.inner.list(scope, call)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const page = await this.around('list', call, () => pages.next());
        if (page.done === true) return;
        yield page.value;
      }
    } finally {
      await pages.return?.();
    }
  }

  check(call: CallOptions): Promise<void> {
    return this.around('check', call, () => this.inner.check(call));
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
