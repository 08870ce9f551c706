import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { CofferError } from '@coffer/secrets';
import type { Environment } from './environment.js';

/** As shells say that a signal has ended a process. */
const SIGNALED = 128;
export const NOT_FOUND = 127;
export const NOT_EXECUTABLE = 126;

export interface ChildOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Environment;
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

/** A program that runs with this process's own input and output. */
export class Child {
  /** Resolves with its exit code, 128 and the signal's number where one ended it. */
  readonly exited: Promise<number>;

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? SIGNALED + constants.signals[signal ?? 'SIGKILL']));
    });
  }

  /** Resolves once it has begun. Rejects with a `ChildNotStartedError`, without a word of the environment. */
  static start({ file, args, environment }: ChildOptions): Promise<Child> {
    return new Promise((resolve, reject) => {
      let child: ChildProcess;
      try {
        child = spawn(file, args, { env: { ...environment }, stdio: 'inherit' });
      } catch (error) {
        return reject(notStarted(file, error as NodeJS.ErrnoException));
      }
      const started = new Child(child);
      child.once('error', (error) => reject(notStarted(file, error)));
      child.once('spawn', () => resolve(started));
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
