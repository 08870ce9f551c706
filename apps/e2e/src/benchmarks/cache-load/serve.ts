import 'reflect-metadata';
import { withFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, SecretValue } from '@coffer/secrets';
import { randomBytes } from 'node:crypto';
import { Stores } from '@coffer/backend-registry';
import { openInstance } from '../../harness/instance.js';

const BYTES = 200;

/** A store that has every secret, each of its own text, and keeps none in this process. */
const boundless = (): Backend => {
  const inner = openMemoryBackend();
  return {
    capabilities: inner.capabilities,
    read: (path) =>
      Promise.resolve({
        value: new SecretValue(randomBytes(BYTES / 2).toString('hex')),
        metadata: { tags: [] },
        version: `version of ${path.key}`,
        revision: 1,
      }),
    apply: (mutation, options) => inner.apply(mutation, options),
    // A list would have to hold all of them: without one, every read asks the store.
    list: () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new CofferError('unavailable', 'this store tells no list')),
      }),
    }),
    check: (call) => inner.check(call),
    close: () => inner.close(),
  };
};

/**
 * A process of its own for the measurement: a gateway with a cache for so many entries. SIGUSR2 is
 * answered by its memory after a collection of garbage.
 */
const serve = async (entries: number): Promise<void> => {
  const stores = new Stores({ name: 'default', backend: withFacade(boundless()), readOnly: false });
  const cache = { enabled: true, maximumSize: entries, expireAfterWrite: '1h' };
  const configuration = JSON.stringify({ kestra: { secret: { cache } } });
  const { url, token, close } = await openInstance({ stores, configuration });
  process.once('SIGTERM', () => void close().finally(() => process.exit(0)));
  process.stdout.write(`ready ${url} ${token}\n`);
  process.on('SIGUSR2', () => {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    const { rss, heapUsed, external } = process.memoryUsage();
    process.stdout.write(`memory ${rss} ${heapUsed + external}\n`);
  });
};

void serve(Number(process.argv[2]));
