import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadFile } from '@coffer/config';
import { CofferError } from '@coffer/secrets';

/** How often files are looked at: a revocation holds well within the 2 s that are promised. */
const POLL_INTERVAL_MS = 500;
/** Who writes into a file empties it first: what files say counts once they have said the same for so long. */
const SETTLE_MS = 50;
/** Readings of files that never say the same twice, before the last one is taken. */
const MAX_READINGS = 10;

/** In place of a file's text where there is none. */
const absenceOf = (error: unknown): { readonly code: string } => ({
  code: String((error as NodeJS.ErrnoException).code ?? 'unreadable'),
});

type Content = string | { readonly code: string };

const equal = (one: Content, other: Content): boolean =>
  typeof one === 'string' || typeof other === 'string' ? one === other : one.code === other.code;

/** Every file that one load looked at, with its text: those of keys and certificates included. */
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

  /** What a file held that was read; `undefined` where it could not be. `path`: absolute. */
  textOf(path: string): string | undefined {
    const content = this.#contents.get(path);
    return typeof content === 'string' ? content : undefined;
  }

  /** Whether one of them holds something else now, is gone, or is there now. */
  async changed(): Promise<boolean> {
    for (const [path, before] of this.#contents) {
      const now = await readFile(path, 'utf8').catch(absenceOf);
      if (!equal(now, before)) return true;
    }
    return false;
  }
}

export interface WatchedLoad<T> {
  readonly files: WatchedFiles;
  /** Returns what was loaded, or throws what loading threw. */
  readonly result: () => T;
}

/** Loads at once, and remembers the files that were read. */
export const loadWatched = <T>(load: (readFile: ReadFile) => T): WatchedLoad<T> => {
  const files = new WatchedFiles();
  try {
    const loaded = load(files.read);
    return { files, result: () => loaded };
  } catch (error) {
    return {
      files,
      result: () => {
        throw error;
      },
    };
  }
};

/**
 * Loads again until the files that were read hold the same a moment later, so that no part of a file counts that is still
 * being written. `settleMs` defaults to `SETTLE_MS`.
 */
export const loadSettled = async <T>(
  load: (readFile: ReadFile) => T,
  settleMs = SETTLE_MS,
): Promise<WatchedLoad<T>> => {
  for (let reading = 1; ; reading += 1) {
    const loaded = loadWatched(load);
    await delay(settleMs, undefined, { ref: false });
    if (reading === MAX_READINGS || !(await loaded.files.changed())) return loaded;
  }
};

/** Why files could not be read or applied, without their content: two failures with equal reasons are one to report. */
export const failureReasonOf = (error: unknown): string =>
  CofferError.is(error) ? error.message : absenceOf(error).code;

/**
 * Calls `look` again and again from `start` to `stop`, `intervalMs` milliseconds after the call before has ended, whether that has
 * resolved or not: one call is under way at a time. `intervalMs` defaults to `POLL_INTERVAL_MS`. It keeps no process alive.
 */
export class Poller {
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly look: () => Promise<void>,
    private readonly intervalMs = POLL_INTERVAL_MS,
  ) {}

  /** Whether `stop` was called: a call that is under way applies nothing any more. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** The first call comes after the interval. Has no effect after `stop`. */
  start(): void {
    if (this.#stopped) return;
    const again = (): void => this.start();
    this.#timer = setTimeout(() => void this.look().then(again, again), this.intervalMs).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
