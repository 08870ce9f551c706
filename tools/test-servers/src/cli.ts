import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, stopServer } from './handles.ts';
import { servers, serversNamed } from './index.ts';
import { jdbcExample } from './jdbc-address.ts';
import { obtain } from './lifecycle.ts';
import { cacheFolder } from './places.ts';
import type { Server, Running, Handle } from './lifecycle.ts';

const help = `Real servers for development, the same that npm test uses.

  npm run servers -- up [name…]        start them (all of them without a name) and leave them running
  npm run servers -- down [name…]      stop them and remove their data
  npm run servers -- status [name…]    show which are up

up and status print the addresses as environment assignments, so that
  eval "$(npm run --silent servers -- up)"
makes npm test use these servers instead of starting its own.

Each server comes from the first of these that there is:
  1. the address in the environment
${servers.map((server) => `       ${server.variables.map((name) => `${name}=${example(server, name)}`).join(' ')}`).join('\n')}
  2. Docker, when an engine answers
       ${servers.flatMap(({ docker }) => (docker ? [docker.image] : [])).join(', ')}
  3. the machine's own package, which is installed when run as root on Debian or Ubuntu
       ${servers.map(({ native }) => native.packages).join(', ')}

Names: ${servers.map(({ name }) => name).join(', ')}. Everything binds to 127.0.0.1. Logs and downloads: ${cacheFolder()}.`;

function example(server: Server, variable: string) {
  const address = server.address(0, 'PASSWORD')[variable] ?? jdbcExample(server.name);
  return address.replace('127.0.0.1:0', 'HOST:PORT').replace(/\/\/\w+:/, '//USER:');
}

const stateFile = join(cacheFolder(), 'servers.json');
const log = (line: string) => process.stderr.write(`${line}\n`);

type Detached = Running & { handle: Handle };

/** Returns what `up` has started and still runs. */
function readState(): Record<string, Detached> {
  let state: Record<string, Detached> = {};
  try {
    state = JSON.parse(readFileSync(stateFile, 'utf8')) as typeof state;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return Object.fromEntries(Object.entries(state).filter(([, { handle }]) => isRunning(handle)));
}

function writeState(state: ReturnType<typeof readState>) {
  if (Object.keys(state).length === 0) rmSync(stateFile, { force: true });
  else writeFileSync(stateFile, JSON.stringify(state, null, 2), { mode: 0o600 });
}

function printAddress({ env }: Running) {
  for (const [name, value] of Object.entries(env)) process.stdout.write(`export ${name}='${value}'\n`);
}

async function up(wanted: Server[]) {
  const results = await Promise.allSettled(
    wanted.map(async (server) => {
      const before = readState()[server.name];
      if (before) {
        log(`${server.name}: already up (${before.how})`);
        return before;
      }
      const running = await obtain(server, { log, detached: true });
      const { handle } = running;
      if (handle) writeState({ ...readState(), [server.name]: { ...running, handle } });
      return running;
    }),
  );
  for (const result of results) {
    if (result.status === 'fulfilled') printAddress(result.value);
    else log((result.reason as Error).message);
  }
  return results.every(({ status }) => status === 'fulfilled') ? 0 : 1;
}

async function down(wanted: Server[]) {
  const state = readState();
  for (const { name } of wanted) {
    if (state[name]) await stopServer(state[name].handle);
    log(`${name}: ${state[name] ? 'stopped' : 'was not up'}`);
    delete state[name];
  }
  writeState(state);
  return 0;
}

function status(wanted: Server[]) {
  const state = readState();
  for (const { name } of wanted) {
    log(`${name}: ${state[name] ? `up (${state[name].how}, pid ${state[name].handle.pid})` : 'not up'}`);
    if (state[name]) printAddress(state[name]);
  }
  return wanted.every(({ name }) => state[name]) ? 0 : 3;
}

const commands: Record<string, (wanted: Server[]) => number | Promise<number>> = { up, down, status };
const [verb = '', ...names] = process.argv.slice(2);
const command = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
if (process.argv.slice(2).some((argument) => ['--help', '-h', 'help'].includes(argument))) {
  process.stdout.write(`${help}\n`);
} else if (!command) {
  log(help);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await command(names.length > 0 ? serversNamed(names) : servers);
  } catch (error) {
    log((error as Error).message);
    process.exitCode = 1;
  }
}
