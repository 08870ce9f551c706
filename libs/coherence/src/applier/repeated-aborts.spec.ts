import { fenceOf, type ErrorCode } from '@coffer/secrets';
import type { AbortRecord } from '../log-record.js';
import type { ApplierEffect, Attempt } from './events.js';
import { Job } from './job.js';
import { RepeatedAborts } from './repeated-aborts.js';

const WINDOW_MS = 64_000;
const QUARTER_MS = WINDOW_MS / 4;
const STEP_MS = WINDOW_MS / 64;
const LOWEST = fenceOf(1, 5n);
const owner = { identity: { partition: 3, owner: 9n } };

const attempt = (offset: number): Attempt => ({
  ...{ offset: BigInt(offset), fence: fenceOf(1, BigInt(offset)), path: 'main/ns/key', operation: `o${offset}` },
  ...{ kind: 'put', fingerprint: 'f', manager: 'm' },
});
const abort = (offset: number, code: ErrorCode = 'denied'): AbortRecord =>
  new Job(attempt(offset)).abort({ partition: 3, owner: 1n }, code);
const offsetsOf = (effects: readonly ApplierEffect[]) =>
  effects.map((effect) => (effect.type === 'append' && effect.record.type === 'ABORT' ? effect.record.operation : ''));

describe('ABORTs that are told again', () => {
  let codes: Record<string, ErrorCode>;
  let aborts: RepeatedAborts;
  beforeEach(() => {
    codes = {};
    aborts = new RepeatedAborts({ abortCode: (operation) => codes[operation] }, WINDOW_MS);
  });

  it('are those above the lowest unfinished mutation, a quarter of the window after the last time, by the present owner', () => {
    for (const offset of [4, 5, 6]) aborts.read(abort(offset), LOWEST, 1_000);
    expect(aborts.due(owner, LOWEST, 999 + QUARTER_MS)).toEqual([]);
    const again = aborts.due(owner, LOWEST, 1_000 + QUARTER_MS + STEP_MS);
    expect(again).toEqual([{ type: 'append', record: { ...abort(6), owner: 9n } }]);
    const at = 1_000 + QUARTER_MS + STEP_MS;
    expect(aborts.due(owner, LOWEST, at + QUARTER_MS - 1)).toEqual([]);
    expect(offsetsOf(aborts.due(owner, LOWEST, at + QUARTER_MS + STEP_MS))).toEqual(['o6']);
  });

  it('count from when they were last read', () => {
    aborts.read(abort(6), LOWEST, 0);
    aborts.read(abort(6), LOWEST, QUARTER_MS / 2);
    expect(aborts.due(owner, LOWEST, QUARTER_MS)).toEqual([]);
    expect(offsetsOf(aborts.due(owner, LOWEST, 2 * QUARTER_MS))).toEqual(['o6']);
  });

  it('are looked for sixty-four times a window', () => {
    aborts.read(abort(6), LOWEST, 0);
    expect(offsetsOf(aborts.due(owner, LOWEST, QUARTER_MS))).toEqual(['o6']);
    aborts.read(abort(7), LOWEST, -QUARTER_MS);
    aborts.read(abort(7), LOWEST, -QUARTER_MS);
    expect(aborts.due(owner, LOWEST, QUARTER_MS + STEP_MS - 1)).toEqual([]);
    expect(offsetsOf(aborts.due(owner, LOWEST, QUARTER_MS + STEP_MS))).toEqual(['o7']);
  });

  it('are forgotten once nothing earlier is unfinished', () => {
    for (const offset of [6, 8]) aborts.read(abort(offset), LOWEST, 0);
    expect(offsetsOf(aborts.due(owner, fenceOf(1, 8n), WINDOW_MS))).toEqual(['o8']);
    expect(aborts.isEmpty).toBe(false);
    expect(aborts.due(owner, undefined, 2 * WINDOW_MS)).toEqual([]);
    expect(aborts.isEmpty).toBe(true);
  });

  it('are none where nothing is unfinished, nor of a partition that has stopped', () => {
    aborts.read(abort(6), undefined, 0);
    aborts.read(abort(6, 'fence-ahead'), LOWEST, 0);
    expect(aborts.isEmpty).toBe(true);
  });

  it('are also those of mutations that had ended before this owner’s time, with their code; a COMMIT is not told again', () => {
    codes = { o6: 'too-large' };
    expect(aborts.finish(new Job(attempt(6)), owner, LOWEST)).toEqual({ type: 'finish', attempt: attempt(6) });
    aborts.finish(new Job(attempt(7)), owner, LOWEST);
    expect(aborts.due(owner, LOWEST, WINDOW_MS)).toEqual([
      { type: 'append', record: expect.objectContaining({ operation: 'o6', code: 'too-large', owner: 9n }) as unknown },
    ]);
  });

  it('are four thousand at most: the oldest go', () => {
    for (let offset = 6; offset < 4_008; offset += 1) aborts.read(abort(offset), LOWEST, 0);
    const repeated = offsetsOf(aborts.due(owner, LOWEST, WINDOW_MS));
    expect([repeated.length, repeated[0], repeated.at(-1)]).toEqual([4_000, 'o8', 'o4007']);
  });
});
