import type { LogRecord } from '../log-record.js';
import { fence, KEY, LONGEST_LEASE, prepare, TIMING, type Stage } from './stage.js';

const clears = (records: readonly LogRecord[]): boolean => records.some(({ type }) => type === 'CLEARED');

/** Grants the reader a lease, which it reads; it reads nothing after that. */
const grantBy = (stage: Stage, coordinator: ReturnType<Stage['coordinator']>): ReturnType<Stage['reader']> => {
  const reader = stage.reader();
  const heartbeat = reader.start();
  if (heartbeat !== undefined) coordinator.handle({ type: 'heartbeat', heartbeat });
  for (const record of coordinator.handle({ type: 'tick' })) stage.land(record);
  coordinator.follow();
  reader.follow();
  reader.fill();
  return reader;
};

/** A write that is applied once its PREPARE is cleared, while the reader has not read it. */
const writePast = (stage: Stage, cleared: boolean, reader: ReturnType<Stage['reader']>): void => {
  if (cleared) stage.applyAndCommit(1);
  reader.get();
};

/** Interleavings that a rule of the coordinator or of the worker forbids: clean while it is obeyed. */
export const WRITER_SCENARIOS = {
  /** A reader holds a lease of the coordinator before this one. */
  takeOverWait: (stage: Stage) => {
    const reader = stage.reader().leased(stage.epoch('before'));
    reader.fill();
    const coordinator = stage.coordinator();
    coordinator.handle({ type: 'start', claim: 'present' });
    stage.epoch('present');
    stage.land(prepare(1));
    writePast(stage, clears(coordinator.follow()), reader);
  },
  /** A reader holds a lease of the coordinator after this one. */
  stop: (stage: Stage) => {
    const coordinator = stage.seasonedCoordinator();
    const reader = stage.reader().leased(stage.epoch('after'));
    reader.fill();
    stage.land(prepare(1));
    writePast(stage, clears(coordinator.follow()), reader);
  },
  /** A reader that holds a lease has not read the PREPARE. */
  wait: (stage: Stage) => {
    const coordinator = stage.seasonedCoordinator();
    const reader = grantBy(stage, coordinator);
    stage.land(prepare(1));
    writePast(stage, clears(coordinator.follow()), reader);
  },
  /** The same, and the coordinator has not heard of the reader since it granted the lease. */
  attempt: (stage: Stage) => {
    const coordinator = stage.seasonedCoordinator();
    const reader = grantBy(stage, coordinator);
    stage.land(prepare(1));
    writePast(stage, clears(coordinator.follow()), reader);
  },
  /** A reader that is cut off from the log alone goes on asking for leases. */
  withhold: (stage: Stage) => {
    const coordinator = stage.seasonedCoordinator();
    const reader = grantBy(stage, coordinator);
    stage.land(prepare(1));
    coordinator.follow();
    for (let passed = 0; passed < 2 * LONGEST_LEASE; passed += TIMING.leaseMs / 4) {
      stage.now += TIMING.leaseMs / 4;
      const heartbeat = reader.handle({ type: 'tick' });
      if (heartbeat !== undefined) coordinator.handle({ type: 'heartbeat', heartbeat });
      coordinator.handle({ type: 'tick' });
    }
    stage.land(prepare(2));
    if (!clears(coordinator.follow())) stage.fail('a write waits for a reader that is cut off, over and over');
  },
  /** Nobody has cleared anything. */
  cleared: (stage: Stage) => {
    const reader = stage.reader().leased(stage.epoch());
    reader.fill();
    if (stage.applier().follow()) stage.applyAndSee(1);
    reader.get();
  },
  /** Another key was cleared. */
  ownPrepare: (stage: Stage) => {
    const epoch = stage.epoch();
    const reader = stage.reader().leased(epoch);
    reader.fill();
    const applier = stage.applier();
    stage.land({ type: 'CLEARED', epoch, prepareOffset: 0n });
    if (applier.follow()) stage.applyAndSee(1);
    reader.get();
  },
  /** The worker stood still for a window; readers have forgotten that it is about to write. */
  deadline: (stage: Stage) => {
    const epoch = stage.epoch();
    const applier = stage.applier();
    stage.land({ type: 'CLEARED', epoch, prepareOffset: applier.prepared });
    stage.outlastWindow();
    const reader = stage.reader().leased(epoch);
    reader.fill();
    if (applier.follow()) stage.applyAndSee(1);
    reader.get();
  },
  /** The CLEARED was lost. */
  prepareAgain: (stage: Stage) => {
    stage.epoch();
    const applier = stage.applier();
    applier.follow();
    const before = applier.prepared;
    stage.now += TIMING.clearedTimeoutMs;
    applier.handle({ type: 'tick' });
    if (applier.prepared === before) stage.fail('a write never completes');
  },
  /** A call timed out and takes effect later. */
  uncertain: (stage: Stage) => {
    const epoch = stage.epoch();
    const applier = stage.applier();
    stage.land({ type: 'CLEARED', epoch, prepareOffset: applier.prepared });
    applier.follow();
    applier.handle({ type: 'result', fence: fence(1), call: 1, result: { kind: 'unknown' } });
    const reader = stage.reader().leased(epoch);
    reader.fill();
    stage.applyAndSee(1);
    reader.get();
  },
  /** A call takes longer than the window. */
  hold: (stage: Stage) => {
    const epoch = stage.epoch();
    const applier = stage.applier();
    stage.land({ type: 'CLEARED', epoch, prepareOffset: applier.prepared });
    applier.follow();
    stage.now += TIMING.windowMs / 2;
    applier.handle({ type: 'tick' });
    stage.now -= TIMING.windowMs / 2 - 1;
    const reader = stage.reader();
    reader.start();
    reader.follow();
    stage.outlastWindow();
    stage.grant(epoch, reader.handle({ type: 'tick' }));
    reader.follow();
    reader.fill();
    stage.applyAndSee(1);
    reader.get();
  },
  /** An attempt at an earlier write reaches the store after a later one. */
  condition: (stage: Stage) => {
    stage.write(1);
    stage.write(2);
    stage.apply(1);
    stage.served(stage.store.read(KEY).version);
  },
};
