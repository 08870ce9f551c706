import { TestEnvironment } from 'jest-environment-node';
import { assertClosed, openHandles, type Handles } from './open-handles.ts';

/** Node's environment for a suite; one that leaves servers, sockets, child processes or timers behind has failed. */
export default class UnitEnvironment extends TestEnvironment {
  #before: Handles | undefined;

  override async setup() {
    await super.setup();
    this.#before = openHandles();
  }

  override async teardown() {
    await super.teardown();
    if (this.#before) await assertClosed(this.#before);
  }
}
