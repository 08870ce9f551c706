import './require-node.mjs';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildIfStale } from './build.mjs';
import { root } from './checkout.mjs';

const help = `Writes docs/configuration.md from the schema of the configuration.

  npm run docs              writes it
  npm run docs -- --check   writes nothing, and fails when it is out of date`;

const page = join(root, 'docs/configuration.md');
const args = process.argv.slice(2);
if (args.some((argument) => ['--help', '-h'].includes(argument))) {
  process.stdout.write(`${help}\n`);
} else {
  try {
    await buildIfStale();
    const { configurationPage } = createRequire(import.meta.url)(join(root, 'libs/config/dist/index.js'));
    const text = configurationPage();
    if (!args.includes('--check')) writeFileSync(page, text);
    else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
      process.stderr.write('docs/configuration.md is out of date: npm run docs writes it\n');
      process.exitCode = 1;
    }
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
