import type { SeededRandom } from '@coffer/coherence/simulation';

const MAX_BYTES = 64 * 1_024;
const MAX_STEPS = 4;
/** Numbers at which lengths and types end. */
const EDGES = ['0', '-1', '1', '255', '65536', '2147483648', '4294967296', '9007199254740993', '18446744073709551616'];

type Step = (random: SeededRandom, bytes: Buffer, tokens: readonly Buffer[], others: readonly Buffer[]) => Buffer;

const cut = (bytes: Buffer, from: number, to: number, between: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([bytes.subarray(0, from), between, bytes.subarray(to)]);

const range = (random: SeededRandom, { length }: Buffer): readonly [number, number] => {
  const from = random.index(length + 1);
  return [from, Math.min(length, from + random.index(16) ** 2)];
};

const flipBit: Step = (random, bytes) => {
  const changed = Buffer.from(bytes);
  const at = random.index(bytes.length || 1);
  if (at < bytes.length) changed.writeUInt8(bytes.readUInt8(at) ^ (1 << random.index(8)), at);
  return changed;
};

const setByte: Step = (random, bytes) => {
  const changed = Buffer.from(bytes);
  const at = random.index(bytes.length || 1);
  if (at < bytes.length) changed.writeUInt8(random.index(256), at);
  return changed;
};

const STEPS: readonly Step[] = [
  flipBit,
  setByte,
  (random, bytes) => cut(bytes, ...range(random, bytes)),
  (random, bytes) => bytes.subarray(0, random.index(bytes.length + 1)),
  (random, bytes) => {
    const [from, to] = range(random, bytes);
    return cut(bytes, to, to, bytes.subarray(from, to));
  },
  (random, bytes, tokens) => {
    const at = random.index(bytes.length + 1);
    return cut(bytes, at, at, random.pick(tokens));
  },
  (random, bytes, tokens) => cut(bytes, ...range(random, bytes), random.pick(tokens)),
  (random, bytes) => cut(bytes, ...range(random, bytes), Buffer.from(random.pick(EDGES))),
  (random, bytes, _, others) => {
    const other = random.pick(others);
    return cut(bytes, random.index(bytes.length + 1), bytes.length, other.subarray(random.index(other.length + 1)));
  },
];

/** One of the seeds, changed in one to a few places: bits, bytes, pieces left out, repeated, exchanged or from another seed. */
export const mutated = (random: SeededRandom, seeds: readonly Buffer[], tokens: readonly Buffer[]): Buffer => {
  let bytes = random.pick(seeds);
  for (let step = random.integer(1, MAX_STEPS); step > 0; step -= 1) {
    bytes = random.pick(STEPS)(random, bytes, tokens, seeds);
  }
  return bytes.subarray(0, MAX_BYTES);
};
