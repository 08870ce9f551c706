import { relative } from 'node:path';
import { servers } from '../../test-servers/src/index.mjs';
import { root } from './checkout.mjs';
import { serversOf } from './suite-servers.mjs';
import UnitEnvironment from './unit-environment.mjs';

/** By which test.mjs says, as JSON, why servers are missing: their names and texts for people. */
export const MISSING = 'COFFER_TEST_MISSING_SERVERS';

/**
 * The environment for a suite that needs servers: it shows the suite the addresses of those that suite-servers.mjs
 * names for it and hides all others. A suite whose server is missing fails with a text that names the server and says
 * how to get it.
 */
export default class SuiteEnvironment extends UnitEnvironment {
  /** @type {string} */
  #suite;

  /**
   * @param {import('@jest/environment').JestEnvironmentConfig} config
   * @param {import('@jest/environment').EnvironmentContext} context
   */
  constructor(config, context) {
    super(config, context);
    this.#suite = relative(root, context.testPath);
  }

  /** @override */
  async setup() {
    await super.setup();
    const { env } = this.global.process;
    const needed = serversOf(this.#suite);
    const missing = servers
      .filter(({ name }) => needed.includes(name))
      .flatMap((server) => whyMissing(server, env) ?? []);
    if (missing.length > 0) throw new Error(missing.join('\n'));
    const seen = new Set(servers.flatMap(({ name, variables }) => (needed.includes(name) ? variables : [])));
    for (const { variables } of servers) for (const name of variables) if (!seen.has(name)) delete env[name];
  }
}

/**
 * @param {import('../../test-servers/src/lifecycle.mjs').Server} server
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} for people; absent where the server is there
 */
function whyMissing({ name, variables, fromEnvironment }, env) {
  const known = JSON.parse(env[MISSING] ?? '{}')[name];
  if (known !== undefined) return `this suite needs the server ${name}. ${known}`;
  if (fromEnvironment(env)) return undefined;
  return (
    `this suite needs the server ${name}, and ${variables.join(', ')} is not set: run it by 'npm test', ` +
    `or start the server with 'npm run servers -- up ${name}'`
  );
}
