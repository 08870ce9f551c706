import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '@coffer/test-servers/processes';
import type { Kestra } from '@coffer/test-servers/kestra';
import { until } from '../../harness/index.js';

/** Small, and soon ready. */
const JAVA_FLAGS = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const READY_TIMEOUT_MS = 180_000;

export interface FlowRunnerOptions {
  /** Further flags of Java. Defaults to none. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** An empty folder of the caller's. */
  readonly folder: string;
}

export interface Page {
  readonly keys: readonly string[];
  readonly total: number;
}

/** How an execution ended. */
export interface Execution {
  readonly state: string;
  readonly logs: string;
}

/** A process of Kestra's own jars that executes flows; it ends with this one. */
export class FlowRunner {
  #stdout = '';
  #stderr = '';
  #answers = 0;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
  }

  /** Resolves when Kestra's beans are there; rejects with what it says when it does not start. */
  static async launch({ java, classPath }: Kestra, options: FlowRunnerOptions): Promise<FlowRunner> {
    const { flags = [], env = {}, folder } = options;
    const own = [`-Dflow-runner.port=${await freePort()}`, `-Dflow-runner.folder=${folder}`];
    const child = spawn(java, [...JAVA_FLAGS, ...flags, ...own, '-cp', classPath, 'coffer.kestra.flows.Main'], {
      env: { PATH: process.env['PATH'], HOME: folder, ...env },
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const runner = new FlowRunner(child);
    const line = await until(
      'Kestra says that it is ready',
      () =>
        /^(ready|failed .*)$/m.exec(runner.#stdout)?.[1] ?? (runner.#ended ? `failed ${runner.output()}` : undefined),
      READY_TIMEOUT_MS,
    );
    if (line === 'ready') return runner;
    await runner.stop();
    throw new Error(line);
  }

  /** Standard output and error. */
  output(): string {
    return `${this.#stdout}${this.#stderr}`;
  }

  async start(): Promise<void> {
    await this.#ask({ do: 'start' });
  }

  create(flow: string): Promise<string> {
    return this.#ask({ do: 'create', flow });
  }

  /** Executes a flow to its end. Resolves when its log has a line that matches. */
  async run(namespace: string, id: string, line: RegExp): Promise<Execution> {
    const execution = await this.#ask<string>({ do: 'run', namespace, id });
    const state = await until('the execution ends', async () => {
      const current = await this.#ask<string>({ do: 'state', id: execution });
      return ['SUCCESS', 'FAILED', 'WARNING', 'KILLED'].includes(current) ? current : undefined;
    });
    const logs = await until(`a line of its log matches ${line.source}`, async () => {
      const text = (await this.#ask<string[]>({ do: 'logs', id: execution })).join('\n');
      return line.test(text) ? text : undefined;
    });
    return { state, logs };
  }

  /** What `secret()` asks for, without a flow. */
  find(namespace: string, key: string): Promise<string> {
    return this.#ask({ do: 'find', namespace, key });
  }

  inherited(namespace: string): Promise<Record<string, string[]>> {
    return this.#ask({ do: 'inherited', namespace });
  }

  /** A page of Kestra's table of secrets, asked for as its API asks. `sort`: a column, behind a minus to turn it around. */
  list(query: { page?: number; size?: number; namespace?: string; text?: string; sort?: string } = {}): Promise<Page> {
    return this.#ask({ do: 'list', ...query });
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    const exited = once(this.child, 'exit');
    this.child.stdin?.end();
    const insist = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(insist);
  }

  get #ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** One request at a time. Rejects with the messages of Kestra's error. */
  async #ask<T>(request: object): Promise<T> {
    const number = this.#answers++;
    this.child.stdin?.write(`${JSON.stringify(request)}\n`);
    const line = await until('Kestra answers', () => {
      if (this.#ended) throw new Error(`it ended: ${this.output()}`);
      return [...this.#stdout.matchAll(/^answer (.*)\n/gm)][number]?.[1];
    });
    const { result, error } = JSON.parse(line) as { result?: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return result as T;
  }
}
