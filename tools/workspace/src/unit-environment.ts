import { TestEnvironment } from 'jest-environment-node';
import { assertClosed, openHandles } from './open-handles.ts';

/** Node's environment for a suite; one that leaves servers, sockets, child processes or timers behind has failed. */
export default class UnitEnvironment extends TestEnvironment {
  #before = openHandles();

  override async teardown() {
    await super.teardown();
    await assertClosed(this.#before);
  }
}
