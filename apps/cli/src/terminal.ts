/** Where a command reads and writes; the process's own, or a test's. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative names of files begin. */
  readonly cwd: string;
  /** Standard input is a person at a keyboard. */
  readonly interactive: boolean;
  /** Standard output is a screen, and nothing keeps what is written there. */
  readonly isScreen: boolean;
  /** Before this process narrowed its own; programs that it runs have it back. Absent where it did not. */
  readonly umask?: number;
  /** Chunks of standard input. */
  readonly input: AsyncIterable<Uint8Array>;
  out(text: string): void;
  err(text: string): void;
}

export const processTerminal: Terminal = {
  env: process.env,
  cwd: process.cwd(),
  interactive: process.stdin.isTTY,
  isScreen: process.stdout.isTTY,
  input: process.stdin as AsyncIterable<Uint8Array>,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};
