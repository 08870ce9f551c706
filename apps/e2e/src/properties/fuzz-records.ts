import { SeededRandom } from '@coffer/coherence/simulation';
import { CofferError } from '@coffer/secrets';
import { collectGarbage } from '../harness/collect-garbage.js';
import { assert, assertEqual, combine, details, forEach, show, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';
import { mutated } from '../workload/byte-mutations.js';
import { fuzzSubjects, type FuzzSubject } from './fuzz-records/subjects.js';

const MIB = 1_024 * 1_024;
/** What collections and compiled code may take more of at the end than after the first tenth. */
const MAX_GROWTH_MIB = 16;

const tokens = [
  ...['"', '\\', '{', '}', '[', ']', ',', ':', 'null', 'true', '__proto__', '"schema":', '"type":"ABORT"', '\u2028'],
  ...['put', 'COMMIT', 'k1', 'A=', '\0', '\u00ff\u00ff\u00ff\u00ff', '9'.repeat(40), 'x'.repeat(5_000)],
].map((text) => Buffer.from(text, 'latin1'));

const fuzz = (subject: FuzzSubject, records: number, random: SeededRandom): Outcome => {
  const problems: string[] = [];
  let [accepted, wrong] = [0, 0];
  let heapAfterTenth = 0;
  for (let record = 0; record < records; record += 1) {
    if (record === Math.ceil(records / 10)) heapAfterTenth = collectGarbage();
    const bytes = mutated(random, subject.seeds, tokens);
    try {
      if (!subject.read(bytes)) continue;
      accepted += 1;
      if (subject.mayAccept || subject.isSeed(bytes)) continue;
    } catch (error) {
      if (error instanceof CofferError) continue;
    }
    wrong += 1;
    problems.push(bytes.toString('base64').slice(0, 2_000));
  }
  const growth = Math.max(0, Math.ceil((collectGarbage() - heapAfterTenth) / MIB) - MAX_GROWTH_MIB);
  return combine(
    show('mutated', records, 'records'),
    show('read as records all the same', accepted, 'records'),
    assertEqual('crashes, and records accepted that nobody wrote', wrong, 'records', 0),
    assertEqual(`heap that grew by more than ${MAX_GROWTH_MIB} MiB`, growth, 'MiB', 0),
    assert(
      subject.seeds.every((seed) => subject.read(seed)),
      'what nobody changed is not read',
    ),
    details(problems),
  );
};

export default property({
  name: 'fuzz-records',
  title: 'Mutated envelopes and records',
  shows:
    'No envelope, record of the log, queued mutation or dead letter that somebody changed ends a process or is believed.',
  servers: [],
  quick: { records: 40_000 },
  full: { records: 1_000_000, seed: 1 },
  help: `Changes what Coffer wrote in one to four places, and reads it: as an envelope, as a signed record of the log, as the record
within it, as a mutation of the queue and as a dead letter. Whatever is thrown must be an error of Coffer's own.

  --records N   in all
  --seed N      the same records for the same seed`,
  run: async ({ records, seed }) => {
    const subjects = await fuzzSubjects();
    const names = Object.keys(subjects);
    const each = Math.ceil(records / names.length);
    return forEach(names, async (name) => {
      const subject = subjects[name];
      return subject === undefined ? combine() : fuzz(subject, each, new SeededRandom(seed));
    });
  },
});
