import { checkAgainstModel } from '@coffer/backend-conformance';
import { openMemoryBackend } from './backend.js';

describe('memory', () => {
  it('does as the model does in 2,000 random command sequences', async () => {
    await checkAgainstModel(openMemoryBackend(), { runs: 2_000 });
  }, 120_000);
});
