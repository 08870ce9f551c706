import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { basename, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { CofferError } from '@coffer/secrets';
import type { H2FileConnection } from '../connection.js';
import { freePort } from './free-port.js';
import { prepareFile } from './h2-file.js';
import { endOf, spawnH2, unavailable } from './h2-process.js';

/** Time from the start of Java until it must listen, and from SIGTERM until SIGKILL. */
const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 10_000;
/** How long the log may lag behind the connection that it explains. */
const LOG_LAG_MS = 1_000;

const READY = /PG server running/;
/** What ends each message of H2: the error's number and the build's. */
const NUMBER = /\[(\d{5})-\d+\]/;

/** How H2, or the storage below it, says that another process has the file. */
const LOCKED = /file is locked|already in use|\[90020-/i;
const ALREADY_OPEN = '90020';

/** Waits for the end of this process, however it comes, at its own standard input; then ends the server. */
const WATCHER = 'read _; kill -TERM "$0"';

/** Every server of this process, by its file. */
const servers = new Map<string, H2Server>();

/**
 * H2's own server on one database file, on a port of 127.0.0.1, in a process group of its own. It ends with the last
 * backend that holds it, and with this process.
 */
export class H2Server {
  readonly database: string;
  #port = 0;
  #child: ChildProcess | undefined;
  #starting: Promise<void> | undefined;
  #holders = 0;
  #refusals: string[] = [];
  #wake: () => void = () => undefined;

  private constructor(private readonly connection: H2FileConnection) {
    this.database = basename(connection.file);
  }

  /** One for each file. */
  static of(connection: H2FileConnection): H2Server {
    const known = servers.get(connection.file) ?? new H2Server(connection);
    servers.set(connection.file, known);
    return known;
  }

  /** The same for as long as this process lives, once it has started. */
  get port(): number {
    return this.#port;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  hold(): void {
    this.#holders += 1;
  }

  async release(): Promise<void> {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    await this.#starting?.catch(() => undefined);
    await this.#stop();
  }

  /** Resolves at once when it runs. Throws `configuration` without Java, `unavailable` when it does not start. */
  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  /** Why it refused a login a moment ago, as an error with H2's number for `code`. */
  async refusal(): Promise<Error> {
    if (this.#refusals.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOG_LAG_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const reported = this.#refusals;
    this.#refusals = [];
    const code = reported.includes(ALREADY_OPEN) ? ALREADY_OPEN : (reported[0] ?? '28000');
    if (code !== ALREADY_OPEN) return Object.assign(new Error('refused'), { code });
    return new CofferError('unavailable', 'H2: another process has the database file open (90020)', {
      store: 'H2',
      vendorCode: code,
    });
  }

  async #launch(): Promise<void> {
    await prepareFile(this.connection);
    if (this.#port === 0) this.#port = await freePort();
    // Every process of the machine reaches the server, and whoever is the administrator of any database runs commands: with
    // -key no other database than this one is opened, and without -ifNotExists none is made.
    const serve = ['org.h2.tools.Server', '-pg', '-pgPort', String(this.#port)];
    const what = ['-baseDir', dirname(this.connection.file), '-key', this.database, this.database];
    const child = spawnH2(this.connection, [...serve, ...what], 'ignore');
    const ended = endOf(child, 'its server');
    ended.catch(() => undefined);
    const ready = new Promise<void>((resolve) => {
      this.#readLines(child, resolve);
    });
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unavailable('its server did not start in time')), START_TIMEOUT_MS);
    });
    late.catch(() => undefined);
    try {
      await Promise.race([ready, ended, late]);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(timer);
    }
    this.#child = child;
    this.#watch(child);
  }

  #readLines(child: ChildProcess, ready: () => void): void {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      (stream as unknown as { unref(): void }).unref();
      const lines = createInterface({ input: stream });
      // It hands on the errors of its stream.
      lines.on('error', () => undefined);
      lines.on('line', (line) => {
        if (READY.test(line)) ready();
        const number = LOCKED.test(line) ? ALREADY_OPEN : NUMBER.exec(line)?.[1];
        if (number === undefined) return;
        this.#refusals = [...this.#refusals, number].slice(-8);
        this.#wake();
      });
    }
    child.unref();
  }

  #watch(child: ChildProcess): void {
    const watcher = spawn('sh', ['-c', WATCHER, String(child.pid)], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    watcher.unref();
    (watcher.stdin as unknown as { unref(): void } | null)?.unref();
    const atExit = (): void => void child.kill('SIGTERM');
    process.on('exit', atExit);
    child.once('exit', () => {
      process.off('exit', atExit);
      watcher.kill('SIGKILL');
      watcher.stdin?.destroy();
    });
    watcher.on('error', () => undefined);
    watcher.stdin?.on('error', () => undefined);
  }

  async #stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
  }
}
