import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Stores, type Store } from '@coffer/backend-registry';
import type { SealedRecords } from '@coffer/backend-contract';
import { loadConfiguration } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { ringOf } from '../configuration/key-ring.js';
import { dataFolderOf } from '../data-folder.js';
import { withExample } from '../help-text.js';
import { configOption } from '../limits-options.js';
import type { Terminal } from '../terminal.js';
import { ProgressBar } from './progress-bar.js';
import { outstanding, rewrapRecords, type RewrapResult } from './rewrap-records.js';

interface Options {
  readonly store: readonly string[];
  readonly config?: string;
  readonly rate: number;
}

const DEFAULT_RATE = 200;
const MAX_RATE = 100_000;
const DATABASE = 'secrets.db';

const parseRate = (text: string): number => {
  const rate = /^\d+$/.test(text) ? Number(text) : 0;
  if (rate >= 1 && rate <= MAX_RATE) return rate;
  throw new CofferError('invalid', `the rate must be a whole number from 1 to ${MAX_RATE}, of records in a second`);
};

const openStores = async (config: string | undefined, terminal: Terminal): Promise<Stores> => {
  const { env, cwd } = terminal;
  const argv = config === undefined ? [] : ['--config', config];
  const configuration = loadConfiguration({ argv, env, cwd, needs: { stores: true, redis: false } });
  const file = join(dataFolderOf(env), DATABASE);
  if (!existsSync(file)) return Stores.open(configuration);
  return Stores.open(configuration, { embedded: { file, ring: await ringOf(configuration.file, terminal) } });
};

/** Throws for a store that there is none of, or that seals its values itself. */
const sealedOf = (stores: readonly Store[], name: string): SealedRecords => {
  const store = stores.find((candidate) => candidate.name === name);
  if (store === undefined) {
    const names = stores.map((candidate) => candidate.name).join(', ');
    throw new CofferError('invalid', `there is no such store; the configuration has: ${names}`);
  }
  const { sealed } = store.backend;
  if (sealed !== undefined) return sealed;
  throw new CofferError(
    'invalid',
    `${store.backend.capabilities.store} seals its values itself: rotate its keys there`,
  );
};

const print = (
  terminal: Terminal,
  name: string,
  activeId: string,
  { left, resealed, failures }: RewrapResult,
): void => {
  terminal.out(`${name}: ${resealed} sealed anew\n`);
  for (const id of [...new Set([activeId, ...left.keys()])].sort()) {
    const what =
      id === '' ? 'under no key that can be told' : `under '${id}'${id === activeId ? ', which is active' : ''}`;
    terminal.out(`${name}: ${left.get(id) ?? 0} records ${what}\n`);
  }
  for (const { record, error } of failures) terminal.err(`${name}: ${record.path.toString()}: ${error.message}\n`);
};

const advice = (name: string, { activeId, ids }: SealedRecords['ring'], { left }: RewrapResult): string => {
  const free = ids.filter((id) => id !== activeId && (left.get(id) ?? 0) === 0);
  if (free.length === 0) return '';
  const keys = free.map((id) => `'${id}'`).join(', ');
  return (
    `${name}: no value needs ${keys} any more: it can be removed once every process has '${activeId}' as its active key ` +
    '(coffer_encryption_keys); where coffer.encryption lists it, see docs/operations/key-rotation.md for what else it may have sealed\n'
  );
};

/** `coffer rewrap`: seals the values of a store with the key that is active now. */
export const rewrap = (terminal: Terminal): Command =>
  withExample(
    new Command('rewrap')
      .description('seal the values of a store with its active key, so that older keys can be removed')
      .option(
        '--store <name>',
        'default, TENANT or TENANT/NAMESPACE, as the metrics call it; repeatable (default: "default")',
        (text: string, before: string[] | undefined) => [...(before ?? []), text],
      )
      .option('--rate <number>', 'records in a second, at most', parseRate, DEFAULT_RATE)
      .addOption(configOption())
      .addHelpText(
        'after',
        '\nReads and writes the store itself, while Coffer runs: a record that changes meanwhile keeps its change. It may be stopped' +
          '\nat any moment, and goes on where it ended when it is run again.',
      )
      .action(async ({ store: names = ['default'], config, rate }: Options) => {
        const stores = await openStores(config, terminal);
        try {
          const chosen = names.map((name) => ({ name, records: sealedOf(stores.all(), name) }));
          let unfinished = 0;
          for (const { name, records } of chosen) {
            const bar = new ProgressBar(name, (text) => terminal.err(text), terminal.isScreen);
            const onProgress = (done: number, total: number): void => bar.show(done, total);
            const result = await rewrapRecords(records, { perSecond: rate, onProgress });
            print(terminal, name, records.ring.activeId, result);
            terminal.out(advice(name, records.ring, result));
            unfinished += outstanding(result.left, records.ring.activeId);
          }
          if (unfinished === 0) return;
          throw new CofferError('conflict', `${unfinished} records are not sealed with the active key; run it again`);
        } finally {
          await stores.close();
        }
      }),
    'coffer rewrap --config coffer.yml --store default --rate 100',
  );
