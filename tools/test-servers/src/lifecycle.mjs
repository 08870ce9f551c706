import { canInstall } from './apt.mjs';
import { dockerAnswers, ensureImage } from './docker.mjs';
import { awaitReady, containerStarter, launch, nativeStarter } from './launch.mjs';

/** How long a server that the environment names may take to answer, in milliseconds. */
const GIVEN_READY_MS = 15_000;

/**
 * @typedef {Record<string, string>} Assignments environment variables that tell the tests where a server is
 *
 * @typedef {object} Containerised
 * @property {string} image pinned
 * @property {number} port inside the container
 * @property {string[]} args after the image
 * @property {(password: string) => Assignments} environment
 *
 * @typedef {object} Native
 * @property {string[]} accounts users to prefer when started by root
 * @property {string} packages for people: what to install
 * @property {() => {version: string} | undefined} available
 * @property {(log: (line: string) => void, signal?: AbortSignal) => Promise<void>} install rejects where it cannot;
 *   ends early with the signal where it may take minutes
 * @property {(dir: string, port: number, context: StartContext) => Promise<{command: string, args: string[]}>} start
 *   fills the fresh folder and gives the command of the server
 *
 * @typedef {object} StartContext
 * @property {string} password
 * @property {(command: string, args: string[]) => Promise<string>} as runs a command as the server's account
 * @property {(file: string, text: string) => Promise<string>} place writes a file that only that account reads;
 *   resolves to its path
 *
 * @typedef {object} Server one real server that tests can have
 * @property {string} name
 * @property {string[]} variables the environment variables it is known by
 * @property {(env: NodeJS.ProcessEnv) => Assignments | undefined} fromEnvironment
 *   throws a sentence where the environment says too little to use what it names
 * @property {(port: number, password: string) => Assignments} address
 * @property {(address: Assignments) => Promise<void>} ready resolves once it answers an authenticated request
 * @property {{orderly: NodeJS.Signals, abrupt: NodeJS.Signals}} signals
 * @property {Containerised} [docker] absent where there is no image
 * @property {boolean} [slow] it may take minutes to get: what does not need it goes first
 * @property {Native} native
 *
 * @typedef {object} Running
 * @property {string} name
 * @property {Assignments} env
 * @property {string} how for people
 * @property {Handle} [handle] absent when the server is not ours to stop
 * @property {() => Promise<void>} [revive] starts it again after it was killed, on its data and its port; resolves when it
 *   answers. Native servers of this process only
 *
 * @typedef {object} Handle what it takes to stop a server, also from another process
 * @property {number} pid
 * @property {string} log
 * @property {Server['signals']} signals
 * @property {string} [folder] its data, removed with it
 * @property {string} [container]
 *
 * @typedef {object} Options
 * @property {(line: string) => void} log
 * @property {boolean} [detached] it outlives this process
 * @property {NodeJS.ProcessEnv} [env] where addresses are looked up, instead of this process's environment
 * @property {AbortSignal} [signal] the wish to have no server any more
 */

/**
 * Makes one server available: the address in the environment, else a container, else the machine's own package
 * (installed first where that is possible). Rejects with an error that says how the server can be had.
 * @param {Server} server
 * @param {Options} options
 * @returns {Promise<Running>}
 */
export async function obtain(server, options) {
  const log = (/** @type {string} */ line) => options.log(`${server.name}: ${line}`);
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
      reasons.push(`Docker: ${error.message}`);
      log(`not from Docker, trying natively: ${error.message}`);
    }
  } else {
    reasons.push('Docker: no engine answers');
  }
  options.signal?.throwIfAborted();
  try {
    return await launchNatively(server, log, options);
  } catch (error) {
    reasons.push(`native: ${error.message}`);
  }
  throw new Error(`${server.name} cannot be had.\n${reasons.map((r) => `  ${r}\n`).join('')}${advice(server)}`);
}

/** @param {Server} server @param {(line: string) => void} log @param {Options} options @returns {Promise<Running>} */
async function launchNatively(server, log, options) {
  if (!server.native.available()) await server.native.install(log, options.signal);
  const found = server.native.available();
  if (!found) throw new Error(`still not found after installing ${server.native.packages}`);
  return launch(server, `native ${found.version}`, nativeStarter(server, options), log, options);
}

/**
 * A server that belongs to the caller alone, whatever the environment names, and that may be killed: it has a `handle`
 * with its pid and its folder, and `revive`. Always from the machine's own package.
 * @param {Server} server
 * @param {Options} options
 */
export async function obtainKillable(server, options) {
  const running = await launchNatively(server, (line) => options.log(`${server.name}: ${line}`), options);
  const { handle, revive } = running;
  if (!handle || !revive) throw new Error(`${server.name} cannot be started again`);
  return { ...running, handle, revive };
}

/** @param {Server} server @param {Assignments} given @param {string} from the variables that name it */
async function awaitGiven(server, given, from) {
  const failure = await awaitReady(server, given, GIVEN_READY_MS, () => undefined);
  if (!failure) return;
  throw new Error(`${server.name} as named by ${from} does not answer: ${failure}`);
}

/** Where packages may be installed, it was tried before anything was advised. */
const triedToInstall = canInstall;

/** @param {Server} server */
const advice = (server) =>
  [
    '  Any one of these helps:',
    `    - set ${server.variables.join(', ')} to a server that is there (see npm run servers -- --help);`,
    ...(server.docker ? [`    - start Docker, so that ${server.docker.image} can be run;`] : []),
    `    - install ${server.native.packages}${triedToInstall() ? '' : '; run as root on Debian or Ubuntu, this is done by itself'}.`,
  ].join('\n');
