import './require-node.mjs';
import { buildIfStale } from './build.mjs';
import { measure } from './measure.mjs';
import { measurementsNamed } from './measurements.mjs';

const help = `Measures reads and writes beside a bare HTTP server and the database itself; ratios of one run.

  npm run bench [-- arguments of the measurement]

"npm run figures -- bench" does the same and writes docs/operations/figures.md.`;

const args = process.argv.slice(2);
if (args.some((argument) => ['--help', '-h'].includes(argument))) {
  process.stdout.write(`${help}\n`);
} else {
  try {
    await buildIfStale();
    const [bench] = measurementsNamed(['bench']);
    await measure(bench, args);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
