import { build } from './build.ts';
import { measure } from './measure.ts';
import { measurementsNamed } from './measurements.ts';

const help = `Measures reads and writes beside a bare HTTP server and the database itself, then writes over Kafka beside a bare
loop of the same clients, then cached reads of one core beside a bare HTTP server and Vault; ratios of one run each.

  npm run bench [-- arguments of all measurements, such as --seconds 20]

"npm run figures -- bench bench-kafka bench-cache" does the same and writes docs/operations/figures.md.`;

const args = process.argv.slice(2);
if (args.some((argument) => ['--help', '-h'].includes(argument))) {
  process.stdout.write(`${help}\n`);
} else {
  try {
    await build();
    for (const measurement of measurementsNamed(['bench', 'bench-kafka', 'bench-cache']))
      await measure(measurement, args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
