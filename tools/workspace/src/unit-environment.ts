import { appendFileSync } from 'node:fs';
import { processFacts } from '@coffer/test-servers/process-facts';
import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment';
import { TestEnvironment } from 'jest-environment-node';
import { assertClosed, openHandles, type Handles } from './open-handles.ts';

/** This process's, where the system does not tell those of its children. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return processFacts('self')?.processorSeconds ?? (user + system) / 1e6;
}

/**
 * Node's environment for a suite; one that leaves servers, sockets, child processes or timers behind has failed. Adds
 * {used: path, processorSeconds} to what suite-reporter.ts writes: what the suite and the processes that it started took.
 */
export default class UnitEnvironment extends TestEnvironment {
  #path: string;
  #before: Handles | undefined;
  #processorSeconds = 0;

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    this.#path = context.testPath;
  }

  override async setup() {
    this.#processorSeconds = processorSeconds();
    await super.setup();
    this.#before = openHandles();
  }

  override async teardown() {
    await super.teardown();
    if (this.#before) await assertClosed(this.#before);
    const file = process.env.COFFER_TEST_REPORT;
    const used = { used: this.#path, processorSeconds: processorSeconds() - this.#processorSeconds };
    if (file) appendFileSync(file, `${JSON.stringify(used)}\n`);
  }
}
