import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from './build.ts';
import { root } from './checkout.ts';

const help = `Writes docs/configuration.md from the schema of the configuration.

  npm run docs              writes it
  npm run docs -- --check   writes nothing, and fails when it is out of date`;

const page = join(root, 'docs/configuration.md');
const args = process.argv.slice(2);
if (args.some((argument) => ['--help', '-h'].includes(argument))) {
  process.stdout.write(`${help}\n`);
} else {
  try {
    await build();
    const require = createRequire(import.meta.url);
    const { configurationPage } = require('@coffer/config') as typeof import('@coffer/config');
    const text = configurationPage();
    if (!args.includes('--check')) writeFileSync(page, text);
    else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
      process.stderr.write('docs/configuration.md is out of date: npm run docs writes it\n');
      process.exitCode = 1;
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
