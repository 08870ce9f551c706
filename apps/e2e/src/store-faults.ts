import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { join, runCommand, say, type Outcome } from './measure/index.js';
import { storeFaults } from './properties/store-faults.js';
import { STORES } from './properties/store-faults/stores/index.js';

const HELP = `Mutations through the worker to stores a fifth of whose calls are throttled, refused, cut, or time out after
they took effect: counts what is lost, wrong, or visible twice.

Usage: node apps/e2e/dist/store-faults.js [--store NAME]... [--mutations N] [--seed TEXT]

  --store NAME     default: all of ${STORES.map(({ store }) => store).join(', ')}
  --mutations N    for each store, default 2000
  --seed TEXT      of the mutations and of the faults, default 1
  --help           this text

The stores' addresses come from the variables COFFER_TEST_… that npm run servers -- up prints.`;

/** Milliseconds; bounds a failure only. */
const PATIENCE = 60_000;

const run = async (): Promise<Outcome> => {
  const options = {
    store: { type: 'string', multiple: true, default: [] as string[] },
    mutations: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  } as const;
  const { store: names, mutations: text, seed, help } = parseArgs({ options }).values;
  if (help) {
    process.stdout.write(`${HELP}\n`);
    return join();
  }
  const mutations = Number(text);
  if (!Number.isInteger(mutations) || mutations < 1) throw new Error('--mutations must be a whole number above 0');
  const unknown = names.find((name) => !STORES.some(({ store }) => store === name));
  if (unknown !== undefined) throw new Error(`there is no store "${unknown}"`);
  const outcomes: Outcome[] = [];
  for (const row of STORES.filter(({ store }) => names.length === 0 || names.includes(store))) {
    const began = performance.now();
    outcomes.push(await storeFaults(row, { mutations, seed, patience: PATIENCE }));
    say(`${row.store}: ${Math.round((performance.now() - began) / 1000)} s`);
  }
  return join(...outcomes);
};

runCommand(run).catch((error: unknown) => {
  process.stderr.write(`store-faults: ${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 1;
});
