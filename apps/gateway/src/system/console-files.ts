import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** Where the build of apps/console puts its files, seen from the sources as well as from what is built of them. */
export const CONSOLE_FOLDER = join(__dirname, '../../../console/dist');

const INDEX = 'index.html';
/** Names below it carry a hash of what they hold. */
const HASHED = 'assets/';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Encodings of files that the build wrote beside the plain one, the smallest first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

export interface ConsoleFile {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether an `Accept-Encoding` header takes an encoding; `q=0` refuses it. */
const takes = (accepted: string, encoding: string): boolean =>
  accepted
    .toLowerCase()
    .split(',')
    .some((part) => {
      const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
      return name === encoding && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
    });

/**
 * The files of the console's build. Only those that were there when it was first asked are served, by exact name, so that
 * no path leads out of the folder. Each is read once; all of them together are as large as the build.
 */
export class ConsoleFiles {
  readonly #read = new Map<string, Promise<ConsoleFile>>();
  #names: ReadonlySet<string> | undefined;

  constructor(private readonly folder: string) {}

  /**
   * `path` below `/ui/`. A path that names no file is one of the application's own addresses: it gets the index page.
   * `undefined` for a hashed file that is not there, and for everything where nothing was built.
   */
  find(path: string, acceptEncoding: string): Promise<ConsoleFile> | undefined {
    const names = this.#listed();
    const name = path !== '' && names.has(path) && TYPES[extname(path)] !== undefined ? path : INDEX;
    if (!names.has(name) || (name === INDEX && path.startsWith(HASHED))) return undefined;
    const found = ENCODINGS.find(([encoding, suffix]) => names.has(name + suffix) && takes(acceptEncoding, encoding));
    const key = name + (found?.[1] ?? '');
    let file = this.#read.get(key);
    if (file === undefined) {
      file = this.#open(name, key, found?.[0]);
      this.#read.set(key, file);
      file.catch(() => this.#read.delete(key));
    }
    return file;
  }

  async #open(name: string, stored: string, encoding: string | undefined): Promise<ConsoleFile> {
    const bytes = await readFile(join(this.folder, stored));
    return {
      bytes,
      headers: {
        'cache-control': name.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
        'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
        etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
        vary: 'accept-encoding',
        ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      },
    };
  }

  /** Looked at again for as long as there is no build. */
  #listed(): ReadonlySet<string> {
    if (this.#names !== undefined) return this.#names;
    let names: readonly string[] = [];
    try {
      names = readdirSync(this.folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll(sep, '/'));
    } catch {
      // Nothing was built.
    }
    const listed = new Set(names);
    if (listed.has(INDEX)) this.#names = listed;
    return listed;
  }
}
