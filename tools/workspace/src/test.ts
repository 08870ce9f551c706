import { join } from 'node:path';
import { servers } from '@coffer/test-servers';
import { build } from './build.ts';
import { root } from './checkout.ts';
import { runJest } from './jest.ts';
import { failure, lastLine, readJestReport, slowestSuites, total } from './reports.ts';
import { integrationSuites } from './suite-servers.ts';
import type { Outcome, Suite } from './reports.ts';

const MINUTES = 70;
const slowServers = servers.filter(({ slow }) => slow).map(({ name }) => name);
const promptServers = servers.filter(({ slow }) => !slow).map(({ name }) => name);

const help = `Runs the tests: the unit tests, which need nothing but Node, and the integration tests on real servers (${promptServers.join(', ')},
and ${slowServers.join(', ')}, which may take minutes to get). The servers start at once, each suite waits for its own, and the longest go first.

  npm test                          everything; brings up the servers that it needs and stops them at the end
  npm run test:unit                 only what needs nothing but Node
  npm test -- --integration         only what needs servers
  npm test -- libs/crypto -t seal   anything else is handed to Jest

Servers come from the environment, Docker or the machine's packages: npm run servers -- --help. Which suite needs which is in
tools/workspace/src/suite-servers.ts. A server that cannot be had fails the suites that need it; the others run.
A skipped test, a suite that did not run and a stage without a test are failures. After ${MINUTES} minutes, or those of
COFFER_TEST_MINUTES, it is stopped, and what had not ended has failed.
The last line is "N passed, N failed".`;

const own = new Set(['--unit', '--integration', '--help', '-h']);
const given = process.argv.slice(2);
const jestArgs = given.filter((argument) => !own.has(argument));
const has = (flag: string) => given.includes(flag);
const say = (line: string) => process.stderr.write(`${line}\n`);
const until = Number(process.env.COFFER_TEST_MINUTES ?? MINUTES) * 60_000;

/** The Jest project of that name. */
type Stage = 'unit' | 'integration';

const suites: Suite[] = [];

async function run(stages: readonly Stage[]): Promise<Outcome> {
  const mayBeEmpty = jestArgs.length > 0;
  // The flag behind the projects ends Jest's list of them, which would take a pattern for one more.
  const args = ['--selectProjects', ...stages, mayBeEmpty ? '--passWithNoTests' : '--no-watch', ...jestArgs];
  const { report, end } = await runJest(args, {}, until);
  suites.push(...(report?.testResults ?? []));
  const integration = new Set(integrationSuites().map((path) => join(root, path)));
  const began = new Set<Stage>(suites.map(({ name }) => (integration.has(name) ? 'integration' : 'unit')));
  const empty = mayBeEmpty || end.late ? [] : stages.filter((stage) => !began.has(stage));
  return total([
    readJestReport(stages.join(' and '), report, end, { mayBeEmpty }),
    ...empty.map((stage) => failure(`${stage}: no test ran`)),
  ]);
}

async function runAll(): Promise<Outcome> {
  if (has('--unit')) return run(['unit']);
  const first: Stage[] = has('--integration') ? [] : ['unit'];
  try {
    await build();
  } catch (error) {
    const unbuilt = failure(`integration: did not run\n${(error as Error).message}`);
    return first.length === 0 ? unbuilt : total([await run(first), unbuilt]);
  }
  return run([...first, 'integration']);
}

if (has('--help') || has('-h')) {
  process.stdout.write(`${help}\n`);
} else {
  const sum = await runAll();
  const outcome = sum.passed + sum.failed === 0 ? failure('no test ran') : sum;
  say(`\n${slowestSuites(suites).replaceAll(`${root}/`, '')}`);
  if (outcome.problems.length > 0) say(`\n${outcome.problems.join('\n')}`);
  console.log(lastLine(outcome));
  process.exitCode = outcome.failed > 0 ? 1 : 0;
}
