import { NodeProcess, removeFolder, scratchFolder, until } from '../../harness/index.js';

/** One of SPIRE's programs as a server, with the socket by which its commands reach it. */
export class SpireProcess {
  private constructor(
    readonly folder: string,
    private readonly program: string,
    private readonly child: NodeProcess,
  ) {}

  /** Resolves when it is healthy. `configure` returns the text of its configuration. */
  static async start(
    program: string,
    configure: (place: { readonly folder: string; readonly socket: string }) => string | Promise<string>,
    writeFile: (file: string, text: string) => void,
  ): Promise<SpireProcess> {
    const folder = scratchFolder();
    const file = `${folder}/spire.conf`;
    writeFile(file, await configure({ folder, socket: socketIn(folder) }));
    const child = NodeProcess.start(['run', '-config', file], { program, cwd: folder, endBy: 'SIGTERM' });
    const started = new SpireProcess(folder, program, child);
    try {
      await until('SPIRE is healthy', () => started.#isHealthy());
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  /** Runs one of its commands, and returns what that prints. Rejects with what it printed where it failed. */
  async command(...args: readonly string[]): Promise<string> {
    const child = NodeProcess.start([...args, '-socketPath', socketIn(this.folder)], { program: this.program });
    const { code } = await child.exited;
    if (code !== 0) throw new Error(`${args.join(' ')}: ${child.output()}`);
    return child.stdout();
  }

  /** Throws once it has ended. */
  async #isHealthy(): Promise<boolean> {
    if (!this.child.running) throw new Error(`SPIRE has ended: ${this.child.output().slice(-2_000)}`);
    return this.command('healthcheck').then(
      () => true,
      () => false,
    );
  }

  async stop(): Promise<void> {
    await this.child.end();
    removeFolder(this.folder);
  }
}

const socketIn = (folder: string): string => `${folder}/api.sock`;
