import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { cacheFolder, root } from './checkout.ts';

const help = `Checks the protocol of libs/coherence in every order of events, in small scopes, with the model checker stateright: nothing
is found with all rules, and a counterexample without any of them. Needs cargo (tried with Rust 1.95); the crates come
from crates.io on first use. A few minutes. The model is in formal/; see formal/README.md.

  npm run formal [-- NAME…] [--trace] [--list]

  NAME      only the scopes with this in their names, "tag" say
  --trace   prints counterexamples step by step
  --list    names the scopes

The last line is "N passed, N failed"; ends with 1 when anything failed.`;

const OPTIONS = ['--trace', '--list'];

/** Returns the exit code. */
async function formal(args: string[]): Promise<number> {
  const unknown = args.find((argument) => argument.startsWith('-') && !OPTIONS.includes(argument));
  if (unknown !== undefined) throw new Error(`unknown option "${unknown}"; see --help`);
  const manifest = join(root, 'formal/Cargo.toml');
  const build = ['run', '--release', '--locked', '--quiet', '--manifest-path', manifest];
  const child = spawn('cargo', [...build, '--target-dir', cacheFolder('formal'), '--', ...args], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('cargo is not installed here; it comes with Rust');
  })) as [number | null];
  return code ?? 1;
}

const args = process.argv.slice(2);
if (args.some((argument) => ['--help', '-h'].includes(argument))) {
  console.log(help);
} else {
  try {
    process.exitCode = await formal(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
