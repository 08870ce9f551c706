import { join } from 'node:path';
import { removeFolder, scratchFolder } from './harness/index.js';
import { FAULTS } from './properties/soak/faults.js';
import { soakProperty } from './properties/soak.js';
import { Stage } from './properties/soak/stage.js';

jest.setTimeout(600_000);

const KINDS = ['SIGSTOP gateway', 'kill -9 secret-worker', 'link to kafka held', 'Redis with old data', 'FLUSHALL'];

describe('caches of several gateways', () => {
  const folder = scratchFolder();
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(async () => {
    await stage.close();
    removeFolder(folder);
  });

  it('answer nothing older than an acknowledged write, whatever fails', async () => {
    const faults = FAULTS.map((row) => row.filter(({ name }) => KINDS.includes(name)));
    const history = join(folder, 'history.jsonl');
    const size = { seconds: 20, seed: 1, paths: 50, lanes: 8, once: true };
    const { problems } = await soakProperty(stage, { ...size, faults, history });
    expect(faults.flat()).toHaveLength(KINDS.length);
    expect(problems).toEqual([]);
  });
});
