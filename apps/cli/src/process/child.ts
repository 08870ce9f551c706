import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { CofferError } from '@coffer/secrets';
import type { Environment } from './environment.js';

const FORWARDED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const;
/** A terminal sends these to every process that it shows, the child among them. */
const FROM_TERMINAL: readonly string[] = ['SIGINT', 'SIGQUIT'];

/** As shells say that a signal has ended a process. */
const SIGNALED = 128;
export const NOT_FOUND = 127;
export const NOT_EXECUTABLE = 126;

export interface ChildOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Environment;
  /** A person at a keyboard has this process and the child at one terminal. */
  readonly interactive: boolean;
}

/** A process could not be begun; `exitCode` is what a shell would say. */
export class ChildNotStartedError extends CofferError {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super('invalid', message);
  }
}

const notStarted = (file: string, { code }: NodeJS.ErrnoException): ChildNotStartedError => {
  const name = JSON.stringify(file);
  if (code === 'ENOENT') return new ChildNotStartedError(`command not found: ${name}`, NOT_FOUND);
  if (code === 'E2BIG') {
    return new ChildNotStartedError(
      `${name} cannot be started: arguments and variables are more than the system takes; name fewer secrets`,
      NOT_EXECUTABLE,
    );
  }
  return new ChildNotStartedError(`${name} cannot be started (${code ?? 'unknown reason'})`, NOT_EXECUTABLE);
};

/** Sends the child what this process is sent, until the answer is called. */
const forwardSignals = (child: ChildProcess, interactive: boolean): (() => void) => {
  const listeners = FORWARDED.map((signal) => {
    const listener = (): void => {
      if (!interactive || !FROM_TERMINAL.includes(signal)) child.kill(signal);
    };
    process.on(signal, listener);
    return [signal, listener] as const;
  });
  return () => listeners.forEach(([signal, listener]) => process.off(signal, listener));
};

/**
 * Runs a program with this process's own input and output until it ends; signals to this process go on to it. Resolves with its
 * exit code, 128 and the signal's number where one ended it. Rejects with a `ChildNotStartedError`, without a word of the
 * environment.
 */
export const runChild = ({ file, args, environment, interactive }: ChildOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    let child: ChildProcess;
    try {
      child = spawn(file, args, { env: { ...environment }, stdio: 'inherit' });
    } catch (error) {
      return reject(notStarted(file, error as NodeJS.ErrnoException));
    }
    const stopForwarding = forwardSignals(child, interactive);
    child.once('error', (error) => {
      stopForwarding();
      reject(notStarted(file, error));
    });
    child.once('exit', (code, signal) => {
      stopForwarding();
      resolve(code ?? SIGNALED + constants.signals[signal ?? 'SIGKILL']);
    });
  });
