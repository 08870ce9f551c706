import { checkAgainstModel } from '@coffer/backend-conformance/model';
import { openMemoryBackend } from '@coffer/backend-memory';
import { demand, join, runCommand, show, type Outcome } from '../measure/index.js';

const RUNS = 2_000;

/** A divergence ends the run with its shrunken sequence, so there is one at most. */
const divergences = async (): Promise<Outcome> => {
  try {
    await checkAgainstModel(openMemoryBackend(), { runs: RUNS });
    return demand('divergences from the model', 0, 'sequences', 0);
  } catch (error) {
    const { problems, figures } = demand('divergences from the model', 1, 'sequences', 0);
    return { figures, problems: [...problems, String(error)] };
  }
};

void runCommand(async () => join(show('command sequences', RUNS, 'runs'), await divergences()));
