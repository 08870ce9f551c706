import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder under the user's cache, made when absent. Downloads, logs and the state of detached servers live there and
 * never in the checkout. `XDG_CACHE_HOME` moves it.
 */
export function cacheFolder(...parts: string[]) {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(base, 'coffer', ...parts);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
