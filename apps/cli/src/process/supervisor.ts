import { Child, type ChildOptions } from './child.js';

const FORWARDED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const;
/** A terminal sends these to every process that it shows, the child among them. */
const FROM_TERMINAL: readonly string[] = ['SIGINT', 'SIGQUIT'];
/** Whoever sends one of these wants the end of it all, and no new start. */
const ENDING: readonly string[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];

export interface SupervisorOptions {
  /** A person at a keyboard has this process and the child at one terminal. */
  readonly interactive: boolean;
  /** How long a child that is to be replaced may take to end after SIGTERM, before SIGKILL. */
  readonly graceMs: number;
}

/** Runs a program, one process of it at a time, until one ends by itself; signals to this process go on to it. */
export class Supervisor {
  #child: Child | undefined;
  #replacing = false;
  #ending = false;

  constructor(private readonly options: SupervisorOptions) {}

  /**
   * Resolves with the exit code of the process that ended by itself, or by a signal that was sent on. `next` gives what is started
   * first, and again after each `replace`. Rejects with a `ChildNotStartedError`.
   */
  async run(next: () => ChildOptions): Promise<number> {
    const stopForwarding = this.#forwardSignals();
    try {
      for (;;) {
        this.#child = await Child.start(next());
        // It came while there was no process to send it to.
        if (this.#ending) this.#child.kill('SIGTERM');
        const code = await this.#child.exited;
        this.#child = undefined;
        if (!this.#replacing || this.#ending) return code;
        this.#replacing = false;
      }
    } finally {
      stopForwarding();
    }
  }

  /** Sends the process that runs a signal. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends the process that runs, by SIGTERM and after a time by SIGKILL, and starts another. Resolves once it has ended. */
  async replace(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#replacing = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), this.options.graceMs);
    await child.exited;
    clearTimeout(timer);
  }

  #forwardSignals(): () => void {
    const listeners = FORWARDED.map((signal) => {
      const listener = (): void => {
        if (ENDING.includes(signal)) this.#ending = true;
        if (!this.options.interactive || !FROM_TERMINAL.includes(signal)) this.#child?.kill(signal);
      };
      process.on(signal, listener);
      return [signal, listener] as const;
    });
    return () => listeners.forEach(([signal, listener]) => process.off(signal, listener));
  }
}
