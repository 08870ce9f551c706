import {
  emptyNamespace,
  firstStartToken,
  lockedOut,
  revocationBesideAMistake,
  revocationWhileStarting,
} from '../attacks/access.js';
import type { Attack } from '../attacks/attack.js';
import { looseFiles } from '../attacks/files.js';
import { h2Shell } from '../attacks/h2.js';
import { kafkaWriter } from '../attacks/kafka.js';
import { deafCallers, equalKeys } from '../attacks/load.js';
import { budgets, deadLetters } from '../attacks/memory.js';
import { adminWrites, smallThings } from '../attacks/small.js';
import { combine, printError, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';

const ATTACKS: readonly Attack[] = [
  kafkaWriter,
  h2Shell,
  equalKeys,
  deafCallers,
  emptyNamespace,
  revocationWhileStarting,
  firstStartToken,
  lockedOut,
  budgets,
  deadLetters,
  revocationBesideAMistake,
  looseFiles,
  adminWrites,
  smallThings,
];

const outcomeOf = async ({ name, aim, run }: Attack): Promise<Outcome> => {
  const { tried, reached } = await run().catch((error: unknown) => ({
    tried: '',
    reached: [`it could not be tried: ${String(error)}`],
  }));
  const verdict = reached.length === 0 ? 'refused' : 'SUCCEEDS';
  printError(`${verdict.padEnd(8)}  ${name}: ${aim}\n          tried: ${tried}`);
  for (const sentence of reached) printError(`          reached: ${sentence}`);
  return {
    figures: [{ figure: aim, value: verdict, unit: '', aim: 'refused' }],
    problems: reached.map((sentence) => `${name}: ${sentence}`),
  };
};

/** Attacks at the same time: most of each is the start of processes and a wait for them. */
const CONCURRENCY = 3;

/** In the order given: the one on a cluster, which takes longest, begins with the first. */
const tryAll = async (attacks: readonly Attack[]): Promise<Outcome> => {
  const outcomes: Outcome[] = [];
  const left = attacks.entries();
  const worker = async (): Promise<void> => {
    for (const [place, attack] of left) outcomes[place] = await outcomeOf(attack);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return combine(...outcomes);
};

export default property({
  name: 'attacks',
  title: 'Attacks that a security review made',
  shows: 'Each attack that once succeeded is refused by the running system.',
  servers: ['postgresql', 'h2'],
  ownServers: ['kafka'],
  quick: {},
  full: { only: '' },
  help: `Each is done to a system that really runs: a Coffer in a process of its own, or a cluster over Kafka. Prints what was tried; ends
with 1 where one succeeds. docs/operations/attacks.md says what each is refused by.

  --only NAME   that attack alone: ${ATTACKS.map(({ name }) => name).join(', ')}`,
  run: async ({ only }) => {
    const chosen = ATTACKS.filter(({ name }) => only === '' || name === only);
    if (chosen.length === 0) throw new Error(`there is no attack "${only}"; see --help`);
    return tryAll(chosen);
  },
});
