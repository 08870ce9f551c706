import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { SecretEntry } from '@coffer/backend-contract';
import { Catalogue, type CataloguedStore } from '@coffer/catalogue';
import { PAGE, secretOf } from './paged-store.js';

const collector = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
};

/** What an entry of a catalogue of so many keeps of the heap, in bytes: key, namespace, description, two tags, version. */
export const bytesPerEntry = async (entries: number): Promise<number> => {
  const collect = collector();
  const store = {
    name: 'default',
    backend: {
      capabilities: { strongReads: true },
      shows: () => true,
      read: () => Promise.resolve(undefined),
      list: async function* (): AsyncGenerator<readonly SecretEntry[]> {
        for (let start = 0; start < entries; start += PAGE) {
          // As an answer of a store is read: every text is one of its own.
          const version = (n: number): string => `0198f3a0-0000-7000-8000-${String(n).padStart(12, '0')}`;
          const page = Array.from({ length: PAGE }, (_, at) => ({
            ...secretOf(start + at),
            version: version(start + at),
          }));
          yield page.map(({ path, metadata, version: text }) => ({
            path,
            metadata: structuredClone(metadata),
            version: Buffer.from(text).toString('latin1'),
            revision: 1,
          }));
        }
      },
    },
  } as unknown as CataloguedStore;
  const catalogue = new Catalogue({
    managers: { forNamespace: () => store, forTenant: () => [store] },
    open: () => ({ metadata: { tags: [] }, version: '', revision: 1 }),
    now: () => performance.now(),
    windowMs: 60_000,
    uncertain: () => undefined,
  });
  const used = (): number => {
    collect();
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  await catalogue.scan('main', store, new AbortController().signal);
  const bytes = (used() - before) / entries;
  if (catalogue.section('main', store).size !== entries) throw new Error('the catalogue is not complete');
  return bytes;
};
