import './require-node.mjs';
import { serverNames, startServers } from '../servers/index.mjs';
import { buildIfStale } from './build.mjs';
import { listTests, runJest } from './jest.mjs';
import { failure, lastLine, readJestReport, total } from './reports.mjs';

const help = `Runs the tests: the unit tests, then the integration tests on real servers (${serverNames.join(', ')}).

  npm test                          everything; brings up the servers it needs and stops them at the end
  npm run test:unit                 only what needs nothing but Node
  npm test -- --integration         only what needs servers
  npm test -- libs/crypto -t seal   anything else is handed to Jest

Servers come from the environment, Docker or the machine's packages: npm run servers -- --help.
A skipped test, a suite that did not run and a stage without a test are failures.
The last line is "N passed, N failed".`;

const own = new Set(['--unit', '--integration', '--figures', '--help', '-h']);
const given = process.argv.slice(2);
const jestArgs = given.filter((argument) => !own.has(argument));
const has = (/** @type {string} */ flag) => given.includes(flag);
const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

/** @typedef {import('./reports.mjs').Outcome} Outcome */

/** @param {'unit' | 'integration'} stage @param {Record<string, string>} [env] @returns {Promise<Outcome>} */
async function runStage(stage, env) {
  const mayBeEmpty = jestArgs.length > 0;
  const args = ['--selectProjects', stage, ...(mayBeEmpty ? ['--passWithNoTests'] : []), ...jestArgs];
  const { report, end } = await runJest(args, env);
  return readJestReport(stage, report, end, { mayBeEmpty });
}

/** The servers' start is begun at once and awaited when the unit tests are through. */
function beginServers() {
  const starting = startServers(serverNames).then(
    (servers) => ({ servers, problem: undefined }),
    (error) => ({ servers: undefined, problem: /** @type {Error} */ (error).message }),
  );
  return starting;
}

/** @param {ReturnType<typeof beginServers>} starting @returns {Promise<Outcome>} */
async function runIntegration(starting) {
  const { servers, problem } = await starting;
  if (!servers) return failure(`integration: did not run, a server is missing\n${problem}`);
  let outcome = failure('integration: was interrupted');
  try {
    await buildIfStale({ log: say });
    outcome = await runStage('integration', servers.env);
  } catch (error) {
    outcome = failure(`integration: did not run\n${error.message}`);
  } finally {
    await servers.stop({ failed: outcome.failed > 0 });
  }
  return outcome;
}

/** @returns {Promise<Record<string, Outcome>>} by stage */
async function runAll() {
  const wantsUnit = !has('--integration');
  const wantsIntegration =
    !has('--unit') &&
    (jestArgs.length === 0 || (await listTests(['--selectProjects', 'integration', ...jestArgs])).length > 0);
  const starting = wantsIntegration ? beginServers() : undefined;
  return {
    ...(wantsUnit ? { unit: await runStage('unit') } : {}),
    ...(starting ? { integration: await runIntegration(starting) } : {}),
  };
}

if (has('--help') || has('-h')) {
  process.stdout.write(`${help}\n`);
} else {
  const stages = await runAll();
  const sum = total(Object.values(stages));
  const outcome = sum.passed + sum.failed === 0 ? failure('no test ran') : sum;
  if (has('--figures')) {
    for (const [stage, { passed, failed }] of Object.entries(stages)) {
      console.log(JSON.stringify({ figure: `${stage} tests passed`, value: passed, unit: 'tests' }));
      console.log(JSON.stringify({ figure: `${stage} tests failed`, value: failed, unit: 'tests', aim: '0' }));
    }
  }
  if (outcome.problems.length > 0) say(`\n${outcome.problems.join('\n')}`);
  console.log(lastLine(outcome));
  process.exitCode = outcome.failed > 0 ? 1 : 0;
}
