import { resolve } from 'node:path';
import type { Environment } from './interpolate.js';
import type { Step } from './key-case.js';
import type { Problems } from './problems.js';
import type { ReadFile } from './sources.js';
import { at, merge, type Tree } from './tree.js';

/** What the parts of one configuration share while it is being put together. */
export class Loading {
  readonly notices: string[] = [];

  constructor(
    /** All sources merged, keys as the schema writes them, placeholders replaced. */
    readonly tree: Tree,
    readonly problems: Problems,
    readonly env: Environment,
    private readonly cwd: string,
    private readonly readFileText: ReadFile,
  ) {}

  /** `kestra.NAME` with `coffer.NAME` over it; an empty group where there is neither. */
  overridden(name: 'kafka' | 'elasticsearch'): unknown {
    return merge(at(this.tree, ['kestra', name]), at(this.tree, ['coffer', name])) ?? {};
  }

  /** A file's text, or `undefined` after adding a problem. */
  readFile(file: string, path: readonly Step[]): string | undefined {
    try {
      return this.readFileText(resolve(this.cwd, file));
    } catch {
      this.problems.add(path, 'names a file that cannot be read');
      return undefined;
    }
  }

  /** PEM as it is, or from the file of that name. */
  readPem(value: string, path: readonly Step[]): string | undefined {
    const pem = value.includes('-----BEGIN ') ? value : this.readFile(value, path);
    if (pem === undefined) return undefined;
    if (pem.includes('-----BEGIN ')) return pem;
    this.problems.add(path, 'names a file that holds no PEM: it must contain a line -----BEGIN …-----');
    return undefined;
  }
}
