import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { until } from './until.js';

export interface NodeProcessOptions {
  /** The whole environment besides `PATH`, `HOME`, `TMPDIR` and `NODE_COMPILE_CACHE`: what else this process has is not handed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Another program than this Node. */
  readonly program?: string;
  /** The whole of standard input; without it, it is closed. */
  readonly input?: string;
  /** A shell command that replaces itself by the process, `"$@"`: for limits such as `ulimit -f`. */
  readonly through?: string;
  /** How it is ended where this process ends first. Defaults to `SIGKILL`; what has processes of its own needs `SIGTERM`. */
  readonly endBy?: NodeJS.Signals;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long a process may take to end by itself once asked. */
const TERMINATION_TIMEOUT_MS = 20_000;

const alive = new Map<ChildProcess, NodeJS.Signals>();
process.once('exit', () => alive.forEach((signal, child) => child.kill(signal)));

const inherited = (): Record<string, string> =>
  Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'NODE_COMPILE_CACHE'].flatMap((name) =>
      process.env[name] ? [[name, process.env[name]]] : [],
    ),
  );

/** Has the system send a signal where this process vanishes without a word; on Linux only. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
const endingWithParent = (
  command: readonly [string, ...string[]],
  signal: NodeJS.Signals,
): readonly [string, ...string[]] =>
  SETPRIV === undefined ? command : [SETPRIV, '--pdeathsig', signal.replace('SIG', ''), '--', ...command];

/** A program, by default one of Node, with its output kept. It is ended, by its id, when this process ends in whatever way. */
export class NodeProcess {
  /** Resolves when it has ended and all of its output is read. */
  readonly exited: Promise<Exit>;
  #stdout = '';
  #stderr = '';

  private constructor(
    private readonly child: ChildProcess,
    endBy: NodeJS.Signals,
  ) {
    alive.set(child, endBy);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        alive.delete(child);
        resolve({ code, signal });
      });
    });
  }

  static start(args: readonly string[], options: NodeProcessOptions = {}): NodeProcess {
    const { env = {}, cwd, input, through, endBy = 'SIGKILL' } = options;
    const program = [options.program ?? process.execPath, ...args] as const;
    const [file, ...rest] = endingWithParent(
      through === undefined ? program : ['/bin/sh', '-c', through, 'sh', ...program],
      endBy,
    );
    const child = spawn(file, rest, {
      env: { ...inherited(), ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.end(input);
    return new NodeProcess(child, endBy);
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error('the process never started');
    return pid;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  stdout(): string {
    return this.#stdout;
  }

  stderr(): string {
    return this.#stderr;
  }

  /** Standard output and error, for messages. */
  output(): string {
    return `${this.#stdout}${this.#stderr}`;
  }

  /** Nobody reads its output from here on: what it writes fails with EPIPE. */
  closeOutput(): void {
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
  }

  /** Sends a signal and returns at once. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.child.kill(signal);
  }

  /** Asks it to end, and insists after a while; an ended one is left as it is. */
  async end(): Promise<Exit> {
    if (this.running) this.kill('SIGTERM');
    const insist = setTimeout(() => this.kill('SIGKILL'), TERMINATION_TIMEOUT_MS);
    try {
      return await this.exited;
    } finally {
      clearTimeout(insist);
    }
  }

  /** As `printed`; ends the process where it rejects, for whoever has no other hold of it. */
  async ready(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray> {
    try {
      return await this.printed(pattern, timeoutMs);
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  /** The first match in standard output. Rejects with the whole output when the process ends without it. */
  async printed(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray> {
    return until(
      `the process prints ${String(pattern)}\n${this.output()}`,
      async () => {
        // Output may still be under way when the exit is known: `close` comes after all of it.
        const ended = this.running ? undefined : await this.exited;
        const match = pattern.exec(this.#stdout);
        if (match !== null) return match;
        if (ended === undefined) return undefined;
        throw new Error(
          `ended with ${ended.signal ?? `code ${ended.code}`} before it printed ${String(pattern)}\n${this.output()}`,
        );
      },
      timeoutMs,
    );
  }
}
