import 'reflect-metadata';
import { withFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import { Stores } from '@coffer/backend-registry';
import { createLogger } from '@coffer/observability';
import { openInstance } from '../../harness/instance.js';
import { PER_SECOND, PagedStore } from './paged-store.js';

/** A process of its own for the measurement: serves so many secrets behind a store that lists slowly. */
const serve = async (secrets: number): Promise<void> => {
  const store = new PagedStore(openMemoryBackend());
  await store.fill(secrets);
  const backend = withFacade(store.backend, { rateLimit: { perSecond: PER_SECOND, burst: 10 } });
  const stores = new Stores({ name: 'default', backend, readOnly: false });
  const { url, token, close } = await openInstance({ stores, logger: createLogger('info') });
  process.stdout.write(`ready ${url} ${token}\n`);
  process.once('SIGTERM', () => {
    process.stdout.write(`pages ${store.pages} throttled ${store.throttled}\n`);
    void close().finally(() => process.exit(0));
  });
};

void serve(Number(process.argv[2]));
