import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeProcess, type Exit } from './node-process.js';
import { removeFolder, scratchFolder } from './scratch-folder.js';

const ROOT = join(__dirname, '../../../..');
const MAIN = join(ROOT, 'dist/standalone.js');

/** Flags of Node with which `npm start` runs it. */
const NODE_FLAGS: readonly string[] = (
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
).scripts.start
  .split(' ')
  .filter((word) => word.startsWith('--'));
const READY_TIMEOUT_MS = 90_000;

export interface CofferOptions {
  /** Kept when given; else a new one, which goes with `stop`. */
  readonly dataFolder?: string;
  /** Text of a configuration file, in YAML. */
  readonly config?: string;
  /** Instead of `config`: a file that is there. */
  readonly configFile?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Further arguments. */
  readonly args?: readonly string[];
  /** The token of a folder that was started before; the first start prints its own. */
  readonly token?: string;
  /** See `NodeProcessOptions`. */
  readonly through?: string;
}

/** A process of the standalone Coffer that may or may not become ready. */
export interface SpawnedCoffer {
  readonly process: NodeProcess;
  readonly dataFolder: string;
  /** The configuration file, whether it was given or written from `config`. */
  readonly configFile: string | undefined;
  /** Its working directory, a scratch folder. */
  readonly cwd: string;
  readonly exited: Promise<Exit>;
  /** Resolves when it says so; rejects with the output when the process ends before, or does neither. */
  ready(): Promise<Coffer>;
  /** Ends the process and removes the folders made for it. */
  stop(): Promise<void>;
}

export interface Coffer {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  readonly dataFolder: string;
  readonly configFile: string | undefined;
  /** Its working directory, a scratch folder. */
  readonly cwd: string;
  stdout(): string;
  stderr(): string;
  /** Sends a signal, SIGKILL by default, and returns at once; `exited` tells the end. */
  kill(signal?: NodeJS.Signals): void;
  readonly exited: Promise<Exit>;
  /** Ends the process by SIGTERM and removes the folders made for it. */
  stop(): Promise<void>;
}

/** Starts the built standalone process on 127.0.0.1 and returns at once. */
export const spawnCoffer = (options: CofferOptions = {}): SpawnedCoffer => {
  const { config, env = {}, port = 0, args = [], token, through } = options;
  const scratch = scratchFolder();
  const dataFolder = options.dataFolder ?? join(scratch, 'data');
  const cwd = join(scratch, 'cwd');
  mkdirSync(cwd);
  const configFile = config === undefined ? options.configFile : join(scratch, 'coffer.yml');
  if (config !== undefined && configFile !== undefined) writeFileSync(configFile, config);
  const named = configFile === undefined ? [] : ['--config', configFile];
  const child = NodeProcess.start([...NODE_FLAGS, MAIN, ...named, ...args], {
    env: { COFFER_DATA_DIR: dataFolder, COFFER_PORT: String(port), ...env },
    cwd,
    ...(through === undefined ? {} : { through }),
  });
  const stop = async (): Promise<void> => {
    await child.end();
    removeFolder(scratch);
  };
  return {
    process: child,
    dataFolder,
    configFile,
    cwd,
    exited: child.exited,
    ready: async () => {
      const [, url = ''] = await child.printed(/^ready (https?:\/\/\S+)$/m, READY_TIMEOUT_MS);
      const shown = /^access token: (\S+)$/m.exec(child.stdout())?.[1];
      return {
        url,
        token: token ?? shown ?? '',
        pid: child.pid,
        dataFolder,
        configFile,
        cwd,
        stdout: () => child.stdout(),
        stderr: () => child.stderr(),
        kill: (signal) => child.kill(signal),
        exited: child.exited,
        stop,
      };
    },
    stop,
  };
};

/** Starts the built standalone process and waits until it is ready. Rejects with its output when it is not. */
export const startCoffer = async (options: CofferOptions = {}): Promise<Coffer> => {
  const spawned = spawnCoffer(options);
  try {
    return await spawned.ready();
  } catch (error) {
    await spawned.stop();
    throw error;
  }
};
