import { merged, servers, startAvailableServers } from '@coffer/test-servers';
import { build } from './build.ts';
import { root } from './checkout.ts';
import { listTests, runJest } from './jest.ts';
import { failure, lastLine, readJestReport, slowestSuites, total } from './reports.ts';
import { serversNeeded } from './suite-servers.ts';
import type { Outcome, Suite } from './reports.ts';
import type { Started } from '@coffer/test-servers';

const MINUTES = 70;
const slowServers = servers.filter(({ slow }) => slow).map(({ name }) => name);
const promptServers = servers.filter(({ slow }) => !slow).map(({ name }) => name);

const help = `Runs the tests: the unit tests, then the integration tests on real servers (${promptServers.join(', ')}),
then those that also need what may take minutes to get (${slowServers.join(', ')}).

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
type Stage = 'unit' | 'integration' | 'integration-late';

const suites: Suite[] = [];

async function runStage(stage: Stage, env?: Record<string, string>): Promise<Outcome> {
  const mayBeEmpty = jestArgs.length > 0;
  const args = ['--selectProjects', stage, ...(mayBeEmpty ? ['--passWithNoTests'] : []), ...jestArgs];
  const { report, end } = await runJest(args, env, until);
  suites.push(...(report?.testResults ?? []));
  return readJestReport(stage, report, end, { mayBeEmpty });
}

/** Their start is begun at once, and awaited by the stage that needs them. */
const beginServers = (names: string[]): Promise<Started> =>
  startAvailableServers(names).catch((error: Error) => ({
    env: {},
    missing: Object.fromEntries(names.map((name) => [name, error.message])),
    stop: async () => undefined,
  }));

async function runIntegration(stage: Stage, starting: ReturnType<typeof beginServers>[]): Promise<Outcome> {
  const started = await Promise.all(starting);
  const missing = merged(started.map((servers) => servers.missing));
  for (const text of Object.values(missing)) say(`${stage}: ${text}`);
  try {
    await build();
    const env = merged(started.map((servers) => servers.env));
    return await runStage(stage, { ...env, COFFER_TEST_MISSING_SERVERS: JSON.stringify(missing) });
  } catch (error) {
    return failure(`${stage}: did not run\n${(error as Error).message}`);
  }
}

/** Returns the suites that were asked for, absolute paths. */
const wantedSuites = async (stage: Stage): Promise<string[]> => (has('--unit') ? [] : listTests(stage, jestArgs));

/** Returns by stage. */
async function runAll(): Promise<Record<string, Outcome>> {
  const [prompt, late] = [await wantedSuites('integration'), await wantedSuites('integration-late')];
  const needed = serversNeeded([...prompt, ...late]);
  const among = (names: string[]) => names.filter((name) => needed.includes(name));
  const starting = [among(promptServers), among(slowServers)].map(beginServers);
  const stages: Record<string, Outcome> = {};
  try {
    if (!has('--integration')) stages.unit = await runStage('unit');
    if (prompt.length > 0) stages.integration = await runIntegration('integration', starting.slice(0, 1));
    if (late.length > 0) stages['integration-late'] = await runIntegration('integration-late', starting);
  } finally {
    const failed = total(Object.values(stages)).failed > 0;
    await Promise.all(starting.map(async (servers) => (await servers).stop({ failed })));
  }
  return stages;
}

if (has('--help') || has('-h')) {
  process.stdout.write(`${help}\n`);
} else {
  const stages = await runAll();
  const sum = total(Object.values(stages));
  const outcome = sum.passed + sum.failed === 0 ? failure('no test ran') : sum;
  say(`\nlongest suites:\n${slowestSuites(suites).join('\n').replaceAll(`${root}/`, '')}`);
  if (outcome.problems.length > 0) say(`\n${outcome.problems.join('\n')}`);
  console.log(lastLine(outcome));
  process.exitCode = outcome.failed > 0 ? 1 : 0;
}
