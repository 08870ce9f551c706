import type { Backend, CallOptions, ListScope, SecretEntry } from '@coffer/backend-contract';
import type { CallPolicy } from './call-policy.js';

type Page = readonly SecretEntry[];

/**
 * A store's pages, each under the policy. Retries only until the first one is there: a new listing would not go on where
 * a broken one stopped.
 */
export async function* pagesOf(
  backend: Pick<Backend, 'list'>,
  scope: ListScope,
  { signal }: CallOptions,
  policy: CallPolicy,
): AsyncGenerator<Page> {
  const listing = new AbortController();
  const abort = (): void => listing.abort();
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  let pages: AsyncIterator<Page> | undefined;
  const first = async (): Promise<IteratorResult<Page, unknown>> => {
    pages = backend.list(scope, { signal: listing.signal })[Symbol.asyncIterator]();
    return pages.next();
  };
  const next = (): Promise<IteratorResult<Page, unknown>> => pages?.next() ?? first();
  try {
    for (
      let page = await policy.repeat('list', signal, first);
      page.done !== true;
      page = await policy.once('list', signal, next)
    ) {
      yield page.value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    abort();
    // Not awaited: a page that hangs would hang here as well.
    void pages?.return?.().catch(() => undefined);
  }
}
