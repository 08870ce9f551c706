import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, packageFolders, root } from './checkout.ts';

/** What every build reads, beside the packages. */
const COMMON = ['.swcrc', 'nx.json', 'package.json', 'package-lock.json', 'tsconfig.base.json'];
const OUTPUT = 'dist';
const IGNORED = new Set(['node_modules', '.cache']);

/** Path, size and time of each file below a folder; nothing where there is none. */
function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!IGNORED.has(entry.name)) yield* filesBelow(path);
    } else if (entry.isFile()) {
      const { size, mtimeMs } = statSync(path);
      yield `${path} ${size} ${mtimeMs}`;
    }
  }
}

const digestOf = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex');

export interface BuildState {
  readonly sources: string;
  /** Of what a build has written. */
  readonly outputs: string;
}

/** `top`, `folders`: the checkout, and the packages in it. */
export function buildState(top = root, folders: readonly string[] = packageFolders()): BuildState {
  const common = COMMON.map((file) => {
    const { size, mtimeMs } = statSync(join(top, file));
    return `${file} ${size} ${mtimeMs}`;
  });
  const files = folders.flatMap((folder) => [...filesBelow(join(top, folder))]).sort();
  const isOutput = (line: string): boolean => line.includes(`/${OUTPUT}/`);
  return {
    sources: digestOf([...common, ...files.filter((line) => !isOutput(line))]),
    outputs: digestOf(files.filter(isOutput)),
  };
}

const stateFile = (): string => join(cacheFolder('build'), 'state.json');

/** Whether sources and outputs are what they were after the last build. Sizes and times tell, as they do for Git. */
export function isBuilt(state: BuildState = buildState(), file = stateFile()): boolean {
  try {
    const { sources, outputs } = JSON.parse(readFileSync(file, 'utf8')) as BuildState;
    return sources === state.sources && outputs === state.outputs;
  } catch {
    return false;
  }
}

/** Remembers a build of the sources that `before` was taken of; sources that have changed since are not taken for built. */
export function rememberBuild(before: BuildState, after: BuildState = buildState(), file = stateFile()): void {
  writeFileSync(file, JSON.stringify({ sources: before.sources, outputs: after.outputs }));
}
