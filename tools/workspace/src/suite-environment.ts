import { relative } from 'node:path';
import { servers } from '@coffer/test-servers';
import { root } from './checkout.ts';
import { serversOf } from './suite-servers.ts';
import UnitEnvironment from './unit-environment.ts';
import type { JestEnvironmentConfig, EnvironmentContext } from '@jest/environment';
import type { Server } from '@coffer/test-servers/lifecycle';

/** By which test.ts says, as JSON, why servers are missing: their names and texts for people. */
export const MISSING = 'COFFER_TEST_MISSING_SERVERS';

/**
 * The environment for a suite that needs servers: it shows the suite the addresses of those that suite-servers.ts
 * names for it and hides all others. A suite whose server is missing fails with a text that names the server and says
 * how to get it.
 */
export default class SuiteEnvironment extends UnitEnvironment {
  #suite: string;

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    this.#suite = relative(root, context.testPath);
  }

  override async setup() {
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

/** For people; absent where the server is there. */
function whyMissing({ name, variables, fromEnvironment }: Server, env: NodeJS.ProcessEnv): string | undefined {
  const known = (JSON.parse(env[MISSING] ?? '{}') as Record<string, string>)[name];
  if (known !== undefined) return `this suite needs the server ${name}. ${known}`;
  if (fromEnvironment(env)) return undefined;
  return (
    `this suite needs the server ${name}, and ${variables.join(', ')} is not set: run it by 'npm test', ` +
    `or start the server with 'npm run servers -- up ${name}'`
  );
}
