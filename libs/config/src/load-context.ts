import { resolve } from 'node:path';
import type { Environment } from './interpolate.js';
import type { Step } from './key-case.js';
import type { Needs } from './needs.js';
import type { ConfigErrors } from './config-errors.js';
import type { ReadFile } from './sources.js';
import { certificatesOf, looksLikePem, PemProblem } from './text-form/pem.js';
import { withoutLineBreaks } from './text-form/single-line.js';
import type { Tree } from './tree.js';

/** What the parts of one configuration share while it is being put together. */
export class LoadContext {
  readonly warnings: string[] = [];

  constructor(
    /** All sources merged, keys as the schema writes them, placeholders replaced. */
    readonly tree: Tree,
    readonly errors: ConfigErrors,
    readonly env: Environment,
    private readonly cwd: string,
    private readonly readFileText: ReadFile,
    readonly needs: Needs,
  ) {}

  /** The absolute name of a file that a setting names. */
  pathOf(file: string): string {
    return resolve(this.cwd, withoutLineBreaks(file));
  }

  /** A file's text, or `undefined` after adding a problem. */
  readFile(file: string, path: readonly Step[]): string | undefined {
    try {
      return this.readFileText(this.pathOf(file));
    } catch {
      this.errors.add(path, 'names a file that cannot be read');
      return undefined;
    }
  }

  /** Certificates as they are, or from the file of that name; `undefined` after adding a problem. */
  readCertificates(value: string, path: readonly Step[]): string | undefined {
    return this.readPem(value, path, certificatesOf);
  }

  /** What `read` makes of PEM as it is, or from the file of that name; `undefined` after adding a problem. */
  readPem<T>(value: string, path: readonly Step[], read: (pem: string) => T): T | undefined {
    const inline = looksLikePem(value);
    const pem = inline ? value : this.readFile(value, path);
    return pem === undefined ? undefined : this.#mended(pem, path, read, inline ? '' : 'names a file that ');
  }

  #mended<T>(pem: string, path: readonly Step[], read: (pem: string) => T, prefix: string): T | undefined {
    try {
      return read(pem);
    } catch (error) {
      if (!(error instanceof PemProblem)) throw error;
      this.errors.add(path, `${prefix}${error.message}`);
      return undefined;
    }
  }
}
