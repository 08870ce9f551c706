import { stopServer } from './handles.ts';
import { obtain } from './lifecycle.ts';
import { azureKeyVault } from './azure-key-vault.ts';
import { chromium } from './chromium.ts';
import { elasticsearch } from './elasticsearch.ts';
import { googleSecretManager } from './google-secret-manager.ts';
import { h2 } from './h2.ts';
import { kafka } from './kafka.ts';
import { keycloak } from './keycloak.ts';
import { mariadb } from './mariadb.ts';
import { moto } from './moto.ts';
import { postgresql } from './postgresql.ts';
import { redis, redisCluster, redisTls } from './redis.ts';
import { vault } from './vault.ts';
import type { Server, Running } from './lifecycle.ts';

/** Every server there is; a new one is a file beside these and a row here. */
export const servers = [
  postgresql,
  mariadb,
  moto,
  h2,
  kafka,
  redis,
  redisTls,
  redisCluster,
  elasticsearch,
  azureKeyVault,
  googleSecretManager,
  vault,
  chromium,
  keycloak,
];

export const serverNames: string[] = servers.map(({ name }) => name);

/** Rejects a name that there is not. */
export function serversNamed(names: string[]): Server[] {
  return names.map((name) => {
    const server = servers.find((candidate) => candidate.name === name);
    if (!server) throw new Error(`there is no server "${name}"; there are: ${serverNames.join(', ')}`);
    return server;
  });
}

const toStderr = (line: string) => process.stderr.write(`servers: ${line}\n`);

interface StartOptions {
  log?: (line: string) => void;
  /** False where the caller stops the servers in its own order after a signal. */
  signals?: boolean;
  /** Called with each server as soon as it is there or cannot be had. */
  onSettled?: (name: string, address: Address) => void;
}

/** The variables that tell the tests where a server is, or a text that says why there is none, and how to get it. */
export type Address = { env: Record<string, string> } | { missing: string };

export interface Started {
  /** The variables that tell the tests where the servers are. */
  env: Record<string, string>;
  /** What cannot be had, by name: a text that says why, and how to get it. */
  missing: Record<string, string>;
  /** `failed: true` keeps their logs and says where. */
  stop: (options?: { failed?: boolean }) => Promise<void>;
}

/** As `startAvailableServers`, and rejects when one cannot be had, having stopped the others. */
export async function startServers(names: string[], options: StartOptions = {}) {
  const { env, missing, stop } = await startAvailableServers(names, options);
  const reasons = Object.values(missing);
  if (reasons.length === 0) return { env, stop };
  await stop();
  throw new Error(reasons.join('\n'));
}

/**
 * Brings up those of the named servers that can be had, side by side, and keeps them until `stop`, or until this process
 * ends in whatever way (a signal, an uncaught error, kill -9 on Linux). Rejects a name that there is not.
 */
export function startAvailableServers(names: string[], options: StartOptions = {}): Promise<Started> {
  return startEach(serversNamed(names), options);
}

export async function startEach(
  wanted: Server[],
  { log = toStderr, signals = true, onSettled = () => undefined }: StartOptions,
): Promise<Started> {
  const interruption = new AbortController();
  const running: Running[] = [];
  const settled = Promise.allSettled(
    wanted.map(async (server) => {
      try {
        const obtained = await obtain(server, { log, signal: interruption.signal });
        running.push(obtained);
        onSettled(server.name, { env: obtained.env });
      } catch (error) {
        onSettled(server.name, { missing: (error as Error).message });
        throw error;
      }
    }),
  );

  let stopping: Promise<void> | undefined;
  const stop = ({ failed = false } = {}) => (stopping ??= stopAll(failed));
  const stopAll = async (failed: boolean) => {
    interruption.abort();
    await settled;
    await Promise.all(
      running.map(async ({ name, handle }) => {
        if (!handle) return;
        await stopServer(handle, { keepLog: failed });
        if (failed) log(`${name}: its log is ${handle.log}`);
      }),
    );
    release();
  };
  const release = stopAtTheEnd(stop, log, signals);

  const results = await settled;
  const missing = Object.fromEntries(
    wanted.flatMap(({ name }, index) => {
      const result = results[index];
      return result?.status === 'rejected' ? [[name, (result.reason as Error).message]] : [];
    }),
  );
  return { env: merged(running.map(({ env }) => env)), missing, stop };
}

/** All of them in one. */
export const merged = (parts: readonly Record<string, string>[]): Record<string, string> =>
  Object.fromEntries(parts.flatMap((part) => Object.entries(part)));

/** Stops the servers before a signal or an uncaught error ends this process as it would have. Returns takes the handlers away again. */
function stopAtTheEnd(
  stop: (options: { failed: boolean }) => Promise<void>,
  log: (line: string) => void,
  bySignals: boolean,
): () => void {
  const signals = bySignals ? (['SIGINT', 'SIGTERM', 'SIGHUP'] as const) : [];
  const onSignal = (signal: NodeJS.Signals) => {
    log(`${signal}: stopping`);
    void stop({ failed: false }).then(() => process.kill(process.pid, signal));
  };
  const onError = (error: Error) => {
    log(`uncaught: ${error.stack}`);
    void stop({ failed: true }).then(() => process.exit(1));
  };
  signals.forEach((signal) => process.on(signal, onSignal));
  process.on('uncaughtException', onError);
  return () => {
    signals.forEach((signal) => process.off(signal, onSignal));
    process.off('uncaughtException', onError);
  };
}
