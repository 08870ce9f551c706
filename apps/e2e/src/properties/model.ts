import { checkAgainstModel } from '@coffer/backend-conformance/model';
import { openMemoryBackend } from '@coffer/backend-memory';
import { property } from '../harness/property.js';
import { assertEqual, combine, show, type Outcome } from '../harness/outcome.js';

/** A divergence ends the run with its shrunken sequence, so there is one at most. */
const divergences = async (runs: number): Promise<Outcome> => {
  try {
    await checkAgainstModel(openMemoryBackend(), { runs });
    return assertEqual('divergences from the model', 0, 'sequences', 0);
  } catch (error) {
    const { problems, figures } = assertEqual('divergences from the model', 1, 'sequences', 0);
    return { figures, problems: [...problems, String(error)] };
  }
};

export default property({
  name: 'model',
  title: 'Model-based command sequences',
  shows: 'The reference adapter does as a model of a few lines does, whatever the order of commands.',
  servers: [],
  full: { runs: 2_000 },
  run: async ({ runs }) => combine(show('command sequences', runs, 'runs'), await divergences(runs)),
});
