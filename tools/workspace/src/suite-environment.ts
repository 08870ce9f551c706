import { relative } from 'node:path';
import { servers } from '@coffer/test-servers';
import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment';
import { root } from './checkout.ts';
import { addressOf } from './server-addresses.ts';
import { suiteRun } from './suite-run.ts';
import { serversOf } from './suite-servers.ts';
import UnitEnvironment from './unit-environment.ts';

/**
 * The environment for a suite that needs servers: it waits for those that suite-servers.ts names for it, shows the suite
 * their addresses and hides all others. A suite whose server is missing fails with a text that says how to get it.
 */
export default class SuiteEnvironment extends UnitEnvironment {
  #suite: string;

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    this.#suite = relative(root, context.testPath);
  }

  override async setup() {
    // Where Jest has no workers, servers that start meanwhile would look like what the suite leaves open.
    await suiteRun().servers;
    const addresses = await Promise.all(
      serversOf(this.#suite).map(async (name) => ({ name, address: await addressOf(name) })),
    );
    await super.setup();
    const missing = addresses.flatMap(({ name, address }) =>
      'missing' in address ? [`this suite needs the server ${name}. ${address.missing}`] : [],
    );
    if (missing.length > 0) throw new Error(missing.join('\n'));
    const { env } = this.global.process;
    const needed = addresses.map(({ name }) => name);
    const hidden = servers.filter(({ name }) => !needed.includes(name)).flatMap(({ variables }) => variables);
    const seen = servers.filter(({ name }) => needed.includes(name)).flatMap(({ variables }) => variables);
    for (const name of hidden) if (!seen.includes(name)) delete env[name];
    for (const { address } of addresses) if ('env' in address) Object.assign(env, address.env);
  }
}
