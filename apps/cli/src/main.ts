import { forbidCrashFiles } from '@coffer/observability';
import { run } from './run.js';
import { processTerminal } from './terminal.js';

// Values, tokens and keys pass through it; a program that it runs inherits this.
forbidCrashFiles();
// What a command writes is its owner's alone.
const umask = process.umask(0o077);

let incomplete = false;
// The command is carried out all the same, and its exit code tells that not all of its output was taken.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  process.exitCode = 1;
  // A reader that has seen enough, such as `head`, is no surprise.
  if (!incomplete && code !== 'EPIPE') processTerminal.err(`error: standard output cannot be written to (${code})\n`);
  incomplete = true;
});
process.stderr.on('error', () => undefined);

void run(process.argv.slice(2), { ...processTerminal, umask }).then((code) => {
  process.exitCode = incomplete && code === 0 ? 1 : code;
});
