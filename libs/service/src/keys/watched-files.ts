import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ReadFile } from '@coffer/config';

/** In place of a file's text where there is none. */
const absenceOf = (error: unknown): { readonly code: string } => ({
  code: String((error as NodeJS.ErrnoException).code ?? 'unreadable'),
});

type Content = string | { readonly code: string };

const equal = (one: Content, other: Content): boolean =>
  typeof one === 'string' || typeof other === 'string' ? one === other : one.code === other.code;

/** Every file that one load of the configuration looked at, with its text: those of keys and certificates included. */
export class WatchedFiles {
  readonly #contents = new Map<string, Content>();

  /** Reads a file and remembers what it held. */
  readonly read: ReadFile = (path) => {
    try {
      const text = readFileSync(path, 'utf8');
      this.#contents.set(path, text);
      return text;
    } catch (error) {
      this.#contents.set(path, absenceOf(error));
      throw error;
    }
  };

  /** Whether one of them holds something else now, is gone, or is there now. */
  async changed(): Promise<boolean> {
    for (const [path, before] of this.#contents) {
      const now = await readFile(path, 'utf8').catch(absenceOf);
      if (!equal(now, before)) return true;
    }
    return false;
  }
}
