import { canInstall } from './apt.ts';
import { dockerAnswers, ensureImage } from './docker.ts';
import { awaitReady, containerStarter, launch, nativeStarter } from './launch.ts';

/** How long a server that the environment names may take to answer, in milliseconds. */
const GIVEN_READY_MS = 15_000;

/** Environment variables that tell the tests where a server is. */
export type Assignments = Record<string, string>;

export interface Containerised {
  /** Pinned. */
  image: string;
  /** Inside the container. */
  port: number;
  /** After the image. */
  args: string[];
  environment: (password: string) => Assignments;
}

export interface Native {
  /** Users to prefer when started by root. */
  accounts: string[];
  /** For people: what to install. */
  packages: string;
  available: () => { version: string } | undefined;
  /** Rejects where it cannot; ends early with the signal where it may take minutes. */
  install: (log: (line: string) => void, signal?: AbortSignal) => Promise<void>;
  /** Fills the fresh folder and gives the command of the server. */
  start: (dir: string, port: number, context: StartContext) => Promise<{ command: string; args: string[] }>;
}

interface StartContext {
  password: string;
  /** Runs a command as the server's account. */
  as: (command: string, args: string[]) => Promise<string>;
  /** Writes a file that only that account reads; resolves to its path. */
  place: (file: string, text: string) => Promise<string>;
}

/** One real server that tests can have. */
export interface Server {
  name: string;
  /** The environment variables it is known by. */
  variables: string[];
  /** Throws a sentence where the environment says too little to use what it names. */
  fromEnvironment: (env: NodeJS.ProcessEnv) => Assignments | undefined;
  address: (port: number, password: string) => Assignments;
  /** Resolves once it answers an authenticated request. */
  ready: (address: Assignments) => Promise<void>;
  signals: { orderly: NodeJS.Signals; abrupt: NodeJS.Signals };
  /** Absent where there is no image. */
  docker?: Containerised;
  /** It may take minutes to get: what does not need it goes first. */
  slow?: boolean;
  /** How long it may take from its start until it answers; defaults to 90,000 ms. */
  readyMs?: number;
  native: Native;
}

export interface Running {
  name: string;
  env: Assignments;
  /** For people. */
  how: string;
  /** Absent when the server is not ours to stop. */
  handle?: Handle;
  /**
   * Starts it again after it was killed, on its data and its port; resolves when it
   * answers. Native servers of this process only.
   */
  revive?: () => Promise<void>;
}

/** A server of the caller's own, which may be killed. */
export type Killable = Running & Required<Pick<Running, 'handle' | 'revive'>>;

/** What it takes to stop a server, also from another process. */
export interface Handle {
  pid: number;
  /** Start time of the process, as `processFacts` has it. */
  startTime?: string | undefined;
  log: string;
  signals: Server['signals'];
  /** Its data, removed with it. */
  folder?: string;
  container?: string;
}

export interface Options {
  log: (line: string) => void;
  /** It outlives this process. */
  detached?: boolean;
  /** Where addresses are looked up, instead of this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** The wish to have no server any more. */
  signal?: AbortSignal;
}

/**
 * Makes one server available: the address in the environment, else a container, else the machine's own package
 * (installed first where that is possible). Rejects with an error that says how the server can be had.
 */
export async function obtain(server: Server, options: Options): Promise<Running> {
  const log = (line: string) => options.log(`${server.name}: ${line}`);
  const given = server.fromEnvironment(options.env ?? process.env);
  if (given) {
    const from = server.variables.filter((name) => (options.env ?? process.env)[name]).join(', ');
    await awaitGiven(server, given, from);
    log(`taken from ${from}`);
    return { name: server.name, env: given, how: 'environment' };
  }
  const reasons = [];
  if (!server.docker) {
    reasons.push('Docker: there is no image of it');
  } else if (dockerAnswers()) {
    const { image } = server.docker;
    try {
      await ensureImage(image, log);
      return await launch(server, `Docker ${image}`, containerStarter(server, server.docker), log, options);
    } catch (error) {
      reasons.push(`Docker: ${(error as Error).message}`);
      log(`not from Docker, trying natively: ${(error as Error).message}`);
    }
  } else {
    reasons.push('Docker: no engine answers');
  }
  options.signal?.throwIfAborted();
  try {
    return await launchNatively(server, log, options);
  } catch (error) {
    reasons.push(`native: ${(error as Error).message}`);
  }
  throw new Error(`${server.name} cannot be had.\n${reasons.map((r) => `  ${r}\n`).join('')}${advice(server)}`);
}

async function launchNatively(server: Server, log: (line: string) => void, options: Options): Promise<Running> {
  if (!server.native.available()) await server.native.install(log, options.signal);
  const found = server.native.available();
  if (!found) throw new Error(`still not found after installing ${server.native.packages}`);
  return launch(server, `native ${found.version}`, nativeStarter(server, options), log, options);
}

/**
 * A server that belongs to the caller alone, whatever the environment names, and that may be killed: it has a `handle`
 * with its pid and its folder, and `revive`. Always from the machine's own package.
 */
export async function obtainKillable(server: Server, options: Options): Promise<Killable> {
  const running = await launchNatively(server, (line) => options.log(`${server.name}: ${line}`), options);
  const { handle, revive } = running;
  if (!handle || !revive) throw new Error(`${server.name} cannot be started again`);
  return { ...running, handle, revive };
}

/** `from`: the variables that name it. */
async function awaitGiven(server: Server, given: Assignments, from: string) {
  const failure = await awaitReady(server, given, GIVEN_READY_MS, () => undefined);
  if (!failure) return;
  throw new Error(`${server.name} as named by ${from} does not answer: ${failure}`);
}

/** Where packages may be installed, it was tried before anything was advised. */
const triedToInstall = canInstall;

const advice = (server: Server) =>
  [
    '  Any one of these helps:',
    `    - set ${server.variables.join(', ')} to a server that is there (see npm run servers -- --help);`,
    ...(server.docker ? [`    - start Docker, so that ${server.docker.image} can be run;`] : []),
    `    - install ${server.native.packages}${triedToInstall() ? '' : '; run as root on Debian or Ubuntu, this is done by itself'}.`,
  ].join('\n');
