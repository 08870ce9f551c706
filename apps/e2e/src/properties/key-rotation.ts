import { assert, assertEqual, combine, details, forEach, show, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';
import { Count, valueOf } from '../workload/check-count.js';
import { Traffic } from '../workload/traffic.js';
import { interruptedRewrap } from './key-rotation/interrupted-rewrap.js';
import { SUBJECTS, withCoffer, type RotatedCoffer, type Subject } from './key-rotation/rotated-coffer.js';
import { Rotation } from './key-rotation/rotation.js';

interface RotationOptions {
  readonly subject: readonly Subject[];
  /** Secrets that nobody writes again: the rewrap alone seals them anew. */
  readonly resting: number;
  /** Keys that are written and read all the while, by so many lanes. */
  readonly keys: number;
  readonly lanes: number;
  /** Subjects at the same time. */
  readonly concurrency: number;
  /** One after another, each with new keys. */
  readonly rotations: number;
  /** Removes old keys before values are sealed anew: the mistake that this must find. */
  readonly withoutRewrap: boolean;
}

const NAMESPACE = 'company.resting';
const restingValue = (number: number): string => `resting ${number}`;

const eachResting = async (resting: number, visit: (number: number) => Promise<void>): Promise<void> => {
  const LANES = 8;
  const visitLane = async (lane: number): Promise<void> => {
    for (let number = lane; number < resting; number += LANES) await visit(number);
  };
  await Promise.all(Array.from({ length: LANES }, (_, lane) => visitLane(lane)));
};

/** Readers and writers run from before the first key is added until after the last one is removed. */
const rotated = async (coffer: RotatedCoffer, options: RotationOptions): Promise<Outcome> => {
  const { resting, keys, lanes, rotations, withoutRewrap } = options;
  const { gateways } = coffer;
  const count = new Count();
  await eachResting(resting, async (number) => {
    const body = { key: `K${number}`, value: restingValue(number) };
    count.taken((await gateways[number % gateways.length]?.put(NAMESPACE, body)) as never);
  });
  const traffic = new Traffic({ gateways }, { keys, lanes });
  let over = false;
  const running = traffic.run(() => over);
  let failure: unknown;
  try {
    const rotation = new Rotation(coffer);
    for (let number = 0; number < rotations; number += 1) {
      await rotation.run(withoutRewrap ? () => Promise.resolve() : () => interruptedRewrap(coffer, count));
    }
    await eachResting(resting, async (number) => {
      for (const gateway of gateways) {
        const answer = await gateway.value(NAMESPACE, `K${number}`);
        count.check(valueOf(answer) === restingValue(number), () => `K${number}: ${answer.status} ${answer.text}`);
      }
    });
  } catch (error) {
    failure = error;
  } finally {
    over = true;
    await running;
  }
  const wrong = await traffic.wrongKeys();
  const refused = traffic.unexpectedRefusals();
  const { reads, acknowledged, failedReads, violations } = traffic;
  return combine(
    show('Rotations of the keys of messages and of the store', rotations, 'rotations'),
    show('Reads and acknowledged writes meanwhile', `${reads}, ${acknowledged}`, ''),
    assertEqual('Reads that failed', failedReads.length, 'reads', 0),
    assertEqual('Writes that were refused', refused.length, 'writes', 0),
    show('Writes to which a busy machine answered 503', traffic.untaken, 'writes'),
    assertEqual('Keys that lost an acknowledged write', wrong.length, 'keys', 0),
    assertEqual('Keys read older than before', violations.length, 'keys', 0),
    count.assertNone('Secrets at rest, read after the old keys were removed: failed or wrong', 'checks'),
    assert(failure === undefined, `the rotation did not come to its end: ${String(failure)}`),
    assert(coffer.ended() === '', `a process has ended: ${coffer.ended()}`),
    assert(reads > 0 && acknowledged > keys, 'nothing was read or written meanwhile: the load was none'),
    details([...failedReads.slice(0, 3), ...refused.slice(0, 3), ...wrong.slice(0, 3), ...violations.slice(0, 3)]),
  );
};

const NAMES: Readonly<Record<Subject, string>> = {
  embedded: 'One process',
  distributed: 'Two gateways and two workers, PostgreSQL over Kafka',
};

export default property<RotationOptions>({
  name: 'key-rotation',
  title: 'Rotation of keys under load',
  shows: 'Keys are added, made active and removed while everything runs: no read fails, and no write is lost.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis'],
  quick: { resting: 120, keys: 12, lanes: 4, rotations: 1, concurrency: 2 },
  full: {
    subject: SUBJECTS,
    ...{ resting: 2_000, keys: 60, lanes: 8, rotations: 3, concurrency: 1 },
    withoutRewrap: false,
  },
  run: (options) =>
    forEach(
      options.subject,
      async (subject) => {
        let outcome: Outcome = combine();
        await withCoffer[subject](async (coffer) => {
          outcome = await rotated(coffer, options);
        });
        return outcome;
      },
      { nameOf: (subject) => NAMES[subject], concurrency: options.concurrency },
    ),
});
