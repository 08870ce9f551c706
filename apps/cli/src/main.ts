import { run } from './run.js';
import { processTerminal } from './terminal.js';

// What a command writes is its owner's alone.
process.umask(0o077);

void run(process.argv.slice(2), processTerminal).then((code) => {
  process.exitCode = code;
});
