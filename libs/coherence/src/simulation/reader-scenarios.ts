import { abort, commit, KEY, LONGEST_LEASE, prepare, TIMING, type Stage } from './stage.js';

/** Interleavings that a rule of the reader forbids: clean while it is obeyed. */
export const READER_SCENARIOS = {
  /** A lease is over, so a write did not wait for this reader. */
  lease: (stage: Stage) => {
    const reader = stage.reader().leased(stage.epoch());
    reader.fill();
    stage.now += LONGEST_LEASE;
    stage.write(1);
    reader.get();
  },
  /** The store changes while the key is blocked, and somebody sees it. */
  block: (stage: Stage) => {
    const reader = stage.reader().leased(stage.epoch());
    reader.fill();
    stage.land(prepare(1));
    reader.follow();
    stage.applyAndSee(1);
    reader.get();
  },
  /** The fence that outdated an entry is forgotten after the window; the entry expired long before. */
  expiry: (stage: Stage) => {
    const epoch = stage.epoch();
    const reader = stage.reader().leased(epoch);
    reader.fill();
    stage.write(1);
    reader.follow();
    stage.outlastWindow();
    stage.grant(epoch, reader.handle({ type: 'tick' }));
    reader.follow();
    reader.get();
  },
  /** A GRANT is read late; the coordinator counted from the heartbeat. */
  sendTime: (stage: Stage) => {
    const epoch = stage.epoch();
    const reader = stage.reader();
    stage.grant(epoch, reader.start());
    stage.now += TIMING.leaseMs - 100;
    reader.follow();
    reader.fill();
    stage.now = LONGEST_LEASE;
    stage.write(1);
    reader.get();
  },
  /** The log says that the entry is old. */
  tag: (stage: Stage) => {
    const reader = stage.reader().leased(stage.epoch());
    reader.fill();
    stage.write(1);
    reader.follow();
    reader.get();
  },
  /** A call began before a write and is answered after it; a read that begins now may not share it. */
  kill: (stage: Stage) => {
    const reader = stage.reader().leased(stage.epoch());
    const flight = reader.begin();
    stage.write(1);
    reader.follow();
    stage.served(reader.reader.mayJoin(flight, stage.now) ? flight.version : 1);
  },
  /** As before, by a reader that has no lease and has read nothing of the write. */
  join: (stage: Stage) => {
    const reader = stage.reader();
    reader.start();
    const flight = reader.begin();
    stage.write(1);
    stage.served(reader.reader.mayJoin(flight, stage.now) ? flight.version : 1);
  },
  /** Redis has an entry from before a write that was committed before this reader's life. */
  replay: (stage: Stage) => {
    const epoch = stage.epoch();
    stage.write(1);
    const reader = stage.reader();
    stage.grant(epoch, reader.start());
    reader.follow();
    reader.cached = { stamp: { tag: 0n, expires: Infinity }, version: 0 };
    reader.get();
  },
  /** After a gap, a GRANT for a heartbeat from before it is read again, from before a PREPARE that was waited for. */
  uniqueNonces: (stage: Stage) => {
    const reader = stage.reader().leased(stage.epoch());
    stage.land(prepare(1));
    reader.follow();
    stage.now += 100;
    reader.start();
    reader.follow(2);
    reader.fill();
    stage.applyAndSee(1);
    reader.get();
  },
  /** The EPOCH is older than the window; a coordinator that was replaced still grants. */
  epochMemory: (stage: Stage) => {
    const before = stage.epoch('before');
    const present = stage.epoch('present');
    const reader = stage.reader();
    const heartbeat = reader.start(stage.entries.length);
    stage.land({ type: 'GRANT', epoch: present, leases: [] });
    stage.grant(before, heartbeat);
    reader.follow();
    reader.fill();
    stage.write(1);
    reader.get();
  },
  /** A coordinator grants after it was replaced; its successor knows nothing of that. */
  grantEpoch: (stage: Stage) => {
    const before = stage.epoch('before');
    stage.epoch('present');
    const reader = stage.reader().leased(before);
    reader.fill();
    stage.write(1);
    reader.get();
  },
  /** The COMMIT of an earlier write is written twice, the second time while the next one is under way. */
  fenceBlock: (stage: Stage) => {
    const reader = stage.reader().leased(stage.epoch());
    stage.write(1);
    stage.land(prepare(2));
    stage.land(commit(1));
    reader.follow();
    reader.fill();
    stage.applyAndSee(2);
    reader.get();
  },
  /** A PREPARE is written twice, the second time after the write has ended. */
  latePrepare: (stage: Stage) => {
    const reader = stage.reader().leased(stage.epoch());
    stage.write(1);
    stage.land(prepare(1));
    reader.follow();
    if (reader.reader.blocked(KEY)) stage.fail('the key stays blocked though every write has ended');
  },
  /** A reader with little memory forgot a key early; the shared cache still has what was before the key's latest write. */
  sure: (stage: Stage) => {
    const reader = stage.reader('reader', 1).leased(stage.epoch());
    stage.write(1);
    stage.landOther();
    reader.follow();
    reader.cached = { stamp: { tag: 0n, expires: Infinity }, version: 0 };
    reader.get('hitShared');
  },
  /** A worker that was replaced gives a write up that its successor is about to apply. */
  owner: (stage: Stage) => {
    const epoch = stage.epoch();
    const before = stage.land({ type: 'OWNER', partition: 1, claim: 'before' });
    const present = stage.land({ type: 'OWNER', partition: 1, claim: 'present' });
    const reader = stage.reader().leased(epoch);
    stage.land(prepare(1, present));
    stage.land(abort(1, before));
    reader.follow();
    reader.fill();
    stage.applyAndSee(1);
    reader.get();
  },
};
