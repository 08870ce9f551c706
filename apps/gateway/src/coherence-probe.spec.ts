import type { CommitRecord } from '@coffer/coherence';
import { KeyRing } from '@coffer/crypto';
import { MessageSealer } from '@coffer/messaging';
import { Metrics } from '@coffer/observability';
import type { ReadService } from '@coffer/reads';
import { fenceOf, SecretPath, SecretValue, type Mutation } from '@coffer/secrets';
import { CoherenceProbe } from './coherence-probe.js';

const path = SecretPath.of('main', 'coffer', 'COFFER_PROBE');
const EVERY = 10_000;

const open = async () => {
  const ring = await KeyRing.derive([
    { id: 'k', active: true, secret: new SecretValue(Buffer.alloc(32, 1).toString('base64')) },
  ]);
  const sealer = new MessageSealer(ring);
  const metrics = new Metrics();
  const errors: unknown[] = [];
  const state = { now: 0, shown: '', fence: 0n, written: [] as Mutation[] };
  const commit = (mark: string): void => {
    state.fence += 1n;
    const operation = `o${state.fence}`;
    const sealed = sealer.sealOutcome(path, operation, {
      ...{ version: 'v', revision: 1 },
      metadata: { description: mark, tags: [] },
    });
    const record: CommitRecord = {
      ...{ type: 'COMMIT', partition: 0, owner: 0n, path: path.toString(), fence: fenceOf(1, state.fence) },
      ...{ operation, kind: 'put', fingerprint: '', outcome: 'applied', sealed },
    };
    canary.read({ shard: 0, offset: state.fence, timestamp: 0, record });
  };
  const reads: Pick<ReadService, 'resolve'> = {
    resolve: () =>
      Promise.resolve({
        path,
        value: new SecretValue(state.shown),
        version: 'v',
        revision: 1,
        cacheStatus: { source: 'store', forward: 'bypass' },
      }),
  };
  const canary = new CoherenceProbe({
    ...{ path, every: EVERY, sealer, metrics, reads, now: () => state.now },
    writes: {
      write: (request) => {
        state.written.push(request);
        if (request.kind === 'put') {
          state.shown = request.value.reveal();
          commit(state.shown);
        }
        return Promise.resolve({ operation: 'o' });
      },
    },
    logger: { error: (line: unknown) => errors.push(line), debug: () => undefined } as never,
  });
  const outcomes = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      ((await metrics.registry.getSingleMetric('coffer_canary_reads_total')?.get())?.values ?? []).map((value) => [
        String(value.labels['outcome']),
        value.value,
      ]),
    );
  return { canary, state, commit, errors, outcomes };
};

describe('the canary', () => {
  it('writes a mark when the latest one is old, and reads it', async () => {
    const { canary, state, outcomes } = await open();
    for (state.now = 0; state.now < 10 * EVERY; state.now += EVERY / 10) await canary.probe();
    expect(state.written.length).toBeGreaterThanOrEqual(5);
    expect(state.written.length).toBeLessThanOrEqual(10);
    expect(await outcomes()).toEqual({ fresh: 100 });
  });

  it('writes nothing while other gateways do', async () => {
    const { canary, state, commit, outcomes } = await open();
    for (let second = 0; second < 20; second += 1) {
      state.shown = `mark ${second}`;
      commit(state.shown);
      state.now += EVERY / 2;
      await canary.probe();
    }
    expect(state.written).toEqual([]);
    expect(await outcomes()).toEqual({ fresh: 20 });
  });

  it('tells a read that shows an earlier mark, and takes one that it does not know yet for a later one', async () => {
    const { canary, state, commit, errors, outcomes } = await open();
    for (const mark of ['a', 'b', 'c']) commit(mark);
    for (const shown of ['c', 'not read of yet', 'b', 'a']) {
      state.shown = shown;
      await canary.probe();
    }
    expect(await outcomes()).toEqual({ fresh: 2, stale: 2 });
    expect(errors).toHaveLength(2);
  });
});
