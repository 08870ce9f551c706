import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from './measure/index.js';
import { startBusyLoops } from './workload/busy-loops.js';
import { FAULTS } from './properties/soak/faults.js';
import { proves, soakProperty } from './properties/soak.js';
import { Stage } from './properties/soak/stage.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    busy: { type: 'string', default: '0' },
    fault: { type: 'string', multiple: true, default: [] },
    history: { type: 'string', default: joinPath(tmpdir(), `coffer-soak-${process.pid}.jsonl`) },
  },
});

// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

void runCommand(async () => {
  const seconds = Number(values.seconds);
  const seed = Number(values.seed);
  if (!(seconds >= 15) || !Number.isInteger(seed))
    throw new Error('--seconds must be at least 15, --seed a whole number');
  const busy = Number(values.busy);
  if (!Number.isInteger(busy) || busy < 0 || busy > 64) throw new Error('--busy must be a whole number from 0 to 64');
  const { fault: wanted } = values;
  const unknown = wanted.find((name) => !FAULTS.flat().some((fault) => fault.name === name));
  if (unknown !== undefined) throw new Error(`there is no fault "${unknown}"; see --help`);
  const faults = FAULTS.map((row) => row.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));
  const stage = await Stage.open();
  const endBusyLoops = startBusyLoops(busy);
  try {
    const size = { paths: 50, lanes: 8, faults, once: false };
    const outcome = await soakProperty(stage, { ...size, seconds, seed, history: values.history });
    return { ...outcome, problems: [...outcome.problems, ...proves(outcome)] };
  } finally {
    endBusyLoops();
    await stage.close();
  }
});
