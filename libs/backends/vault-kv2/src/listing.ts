import type { CallOptions, ListScope, SecretEntry } from '@coffer/backend-contract';
import { SecretPath, compareCodePoints } from '@coffer/secrets';
import { describedBy, holdingOf } from './document/holding.js';
import type { KvEngine } from './kv-engine.js';
import { entryOf, folderOf, type Folder, type SecretLayout } from './layout.js';

/** Secrets read for one page, since a list of Vault's holds names alone. */
const PAGE_SIZE = 64;
/** Reads at once. */
const MAX_CONCURRENT_READS = 8;

/** The results in the order of the items, at most `width` at once. After a failure no more are begun. */
const mapConcurrent = async <T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  const rest = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) {
      if (failed) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
};

const entryAt = async (
  engine: KvEngine,
  layout: SecretLayout,
  path: SecretPath,
  { signal }: CallOptions,
): Promise<SecretEntry[]> => {
  const version = await engine.read(layout.ofSecret(path), signal);
  const holding = holdingOf(version, layout, path);
  if (version === undefined || holding.kind !== 'secret') return [];
  return [{ path, ...describedBy(version, holding) }];
};

/**
 * The secrets of one namespace or of a tenant, folder by folder, those of a folder by key: a page is the list of a folder, or the reading of at
 * most 64 of its secrets. Names that no secret of Coffer's can have are passed over.
 */
export async function* pagesOf(
  engine: KvEngine,
  layout: SecretLayout,
  { tenant, namespace }: ListScope,
  call: CallOptions,
): AsyncGenerator<readonly SecretEntry[]> {
  const folders: Folder[] = [folderOf(tenant, namespace)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const paths: SecretPath[] = [];
    const below: Folder[] = [];
    for (const name of await engine.list(layout.ofFolder(folder), call.signal)) {
      const found = entryOf(folder, name);
      if (found instanceof SecretPath) paths.push(found);
      else if (found !== undefined && namespace === undefined) below.push(found);
    }
    paths.sort((a, b) => compareCodePoints(a.key, b.key));
    folders.push(...below.reverse());
    yield [];
    while (paths.length > 0) {
      const page = await mapConcurrent(paths.splice(0, PAGE_SIZE), MAX_CONCURRENT_READS, (path) =>
        entryAt(engine, layout, path, call),
      );
      yield page.flat();
    }
  }
}
