import fc from 'fast-check';
import type { Backend } from '@coffer/backend-contract';
import { commandSequences } from './commands.js';
import { SecretModel } from './secret-model.js';

export interface ModelCheckOptions {
  /** Random sequences of writes, metadata updates, deletes, reads, lists, replays and late calls. */
  readonly runs: number;
  /** Replays the run that a failure named. */
  readonly seed?: number;
}

/** Runs random command sequences against the backend and a model; throws with the shrunken sequence where they differ. */
export const checkAgainstModel = async (backend: Backend, options: ModelCheckOptions): Promise<void> => {
  let tenants = 0;
  const property = fc.asyncProperty(commandSequences, async (commands) => {
    tenants += 1;
    const real = { backend, tenant: `model${tenants}` };
    await fc.asyncModelRun(() => ({ model: new SecretModel(), real }), commands);
  });
  await fc.assert(property, { numRuns: options.runs, ...(options.seed === undefined ? {} : { seed: options.seed }) });
};
