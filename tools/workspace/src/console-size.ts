import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './checkout.ts';

/** What a browser may load before it shows the first page, as it is sent. */
export const FIRST_PAGE_MAX_BYTES = 240_000;

/** The page that is shown first to whoever is signed in. */
const FIRST_PAGE = 'src/pages/secrets-page.vue';

/** A chunk in the manifest of Vite's build. */
export interface Chunk {
  file: string;
  imports?: string[];
  css?: string[];
}

/** The files that the chunks need before they run, by their paths in the build, each once. */
export function filesOf(manifest: Readonly<Record<string, Chunk>>, entries: readonly string[]): string[] {
  const seen = new Set<string>();
  const files = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const chunk = manifest[name];
    if (!chunk) throw new Error(`the console's build has no chunk ${name}; "npm run build" builds it`);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    chunk.imports?.forEach(visit);
  };
  entries.forEach(visit);
  return [...files];
}

/** Bytes of the first page, compressed by gzip as the build compresses them. */
export function firstPageBytes(): number {
  const dist = join(root, 'apps/console/dist');
  const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  const files = ['index.html', 'theme.js', 'icon.svg', ...filesOf(manifest, ['index.html', FIRST_PAGE])];
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0);
}
