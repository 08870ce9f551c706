import type { Backend } from '@coffer/backend-contract';
import type { ServerHarness } from './testing/server-harness.js';

/** A database of its own for each test of a suite, and the backends that the test opens on it; they end with the test. */
export const databaseOfEachTest = (make: () => ServerHarness) => {
  let harness: ServerHarness | undefined;
  const opened: Backend[] = [];
  beforeEach(() => {
    harness = make();
  });
  const closeBackends = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((backend) => backend.close()));
  };
  afterEach(async () => {
    await closeBackends();
    await harness?.close();
  });
  const present = (): ServerHarness => {
    if (harness === undefined) throw new Error('no test has begun');
    return harness;
  };
  const open = async (changes: Parameters<ServerHarness['openWith']>[0] = {}): Promise<Backend> => {
    const backend = await present().openWith(changes, '');
    opened.push(backend);
    return backend;
  };
  return {
    get harness(): ServerHarness {
      return present();
    },
    open,
    /** Closes what the test has opened, where something else has to end after that. */
    closeBackends,
  };
};
