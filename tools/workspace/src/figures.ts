import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, homedir, release, totalmem, type, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.ts';
import { cacheFolder, root } from './checkout.ts';
import { readSections, writeSection } from './figures-data.ts';
import { renderPage } from './figures-page.ts';
import { measure } from './measure.ts';
import { measurements, measurementsNamed } from './measurements.ts';
import type { Machine } from './figures-page.ts';
import type { Measurement } from './measurements.ts';

const help = `Runs the measurements; writes docs/operations/figures.json (every figure) and figures.md (the page made from it).

  npm run figures                  all of them
  npm run figures -- NAME…         these; the others stay as they are
  npm run figures -- --render      none; only writes the page again from the data

What a run printed is kept in node_modules/.cache/coffer/figures/NAME.txt.

${measurements.map(({ name, shows }) => `  ${name.padEnd(14)}${shows}`).join('\n')}

A measurement that fails leaves its figures as they were and makes this command fail.`;

const page = join(root, 'docs/operations/figures.md');

const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

/** The commit measured, marked when tracked files differ from it; the figures themselves do not count. */
function commit() {
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs/operations/figures.*');
  return `${git('rev-parse', '--short=12', 'HEAD')}${changed === '' ? '' : ' with changes'}`;
}

const machine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() || 'unknown processor',
  cores: availableParallelism(),
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  kernel: `${type()} ${release()}`,
  node: process.versions.node,
});

/** Where a checkout lies and whose it is belongs to no report. */
function scrub(output: string) {
  const plain = output.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
  const temporary = new RegExp(`(?:/|(?:\\.\\./)+)${tmpdir().slice(1)}(?=/)`, 'g');
  return plain.replaceAll(root, '.').replaceAll(homedir(), '~').replace(temporary, 'TMP');
}

async function renew(measurement: Measurement) {
  const { name, command } = measurement;
  process.stderr.write(`\n== ${name}: ${command}\n`);
  const began = performance.now();
  const taken = { command, commit: commit(), date: new Date().toISOString(), machine: machine() };
  const { figures, output } = await measure(measurement);
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
  writeFileSync(join(cacheFolder('figures'), `${name}.txt`), scrub(output));
  writeSection(name, { ...taken, seconds, figures });
}

const writePage = async () => writeFileSync(page, await renderPage(measurements, readSections()));

/** Returns whether all went well. */
async function main(names: string[]): Promise<boolean> {
  const chosen = measurementsNamed(names.filter((name) => name !== '--render'));
  const failures: string[] = [];
  if (!names.includes('--render')) {
    if (!chosen.every(({ fromSource }) => fromSource === true)) await build();
    for (const measurement of chosen) {
      await renew(measurement).catch((error: Error) => failures.push(error.message));
    }
  }
  await writePage();
  process.stderr.write(failures.map((failure) => `FAILED ${failure}\n`).join(''));
  return failures.length === 0;
}

const args = process.argv.slice(2);
if (args.some((argument) => ['--help', '-h'].includes(argument))) {
  process.stdout.write(`${help}\n`);
} else {
  try {
    process.exitCode = (await main(args)) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
