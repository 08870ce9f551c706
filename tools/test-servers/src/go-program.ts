import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { obtainGo } from './go.ts';
import { cacheFolder } from './places.ts';
import { run } from './processes.ts';

/** Milliseconds: hundreds of modules may be fetched and compiled, once. */
const BUILD_MS = 3_600_000;
/** What debuggers read is neither made nor linked: a quarter of the compiler's time. */
const FLAGS = ['-mod=readonly', '-buildvcs=false', '-trimpath', '-gcflags=all=-dwarf=false', '-ldflags', '-s -w'];

type Log = (line: string) => void;

export interface GoProgramOptions {
  /** The program's file. */
  readonly name: string;
  /** Names the folder in the cache, beside the fingerprint of `sources`. */
  readonly folder: string;
  /** The folder of its module. */
  readonly module: string;
  /** Files of the module that it is built from, `go.mod` among them; a change of one is another program. */
  readonly sources: readonly string[];
  /** What `go build` builds; defaults to the module's own folder. */
  readonly target?: string;
  readonly flags?: readonly string[];
  /** The oldest Go that builds it: the `go` line of its module. */
  readonly oldestGo?: string;
  /** What it takes, for people. */
  readonly effort: string;
}

/** A program that is built from published Go modules, once for each version of its sources. */
export interface GoProgram {
  readonly file: string;
  readonly present: boolean;
  /** Builds it where it is absent, with Go itself where this machine has none that is new enough. Rejects with a sentence. */
  make(log: Log, signal?: AbortSignal): Promise<void>;
}

export function goProgram(options: GoProgramOptions): GoProgram {
  const { name, module, target = '.', flags = [], effort } = options;
  const fingerprint = (): string => {
    const hash = createHash('sha256');
    for (const source of options.sources) hash.update(readFileSync(join(module, source)));
    return hash.digest('hex').slice(0, 12);
  };
  const folder = (): string => join(cacheFolder(), `${options.folder}-${fingerprint()}`);
  const file = (): string => join(folder(), name);
  const build = async (log: Log, signal?: AbortSignal): Promise<void> => {
    if (existsSync(file())) return;
    const go = await obtainGo(log, options.oldestGo);
    log(`building ${name} from its Go modules, ${effort}, into ${file()}`);
    const scratch = `${folder()}.${process.pid}`;
    mkdirSync(scratch, { recursive: true, mode: 0o700 });
    try {
      const draft = join(scratch, name);
      await run(go, ['build', ...FLAGS, ...flags, '-o', draft, target], {
        cwd: module,
        env: { ...process.env, GOTOOLCHAIN: 'local' },
        timeoutMs: BUILD_MS,
        signal,
      });
      mkdirSync(folder(), { recursive: true, mode: 0o700 });
      // Whoever else built it meanwhile has the same one.
      if (!existsSync(file())) renameSync(draft, file());
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  };
  /** Two may want it at the same time. */
  let making: Promise<void> | undefined;
  return {
    get file() {
      return file();
    },
    get present() {
      return existsSync(file());
    },
    make: (log, signal) => (making ??= build(log, signal).finally(() => (making = undefined))),
  };
}
