/**
 * Which rules of the protocol are obeyed: all of them, but in the tests that show what each is needed for. A rule that
 * can be left out without a failure is not tested. No configuration reaches it.
 */
export interface Rules {
  /** 1: a hit needs a lease. */
  readonly lease: boolean;
  /** 1: a hit needs a key that is not blocked. */
  readonly block: boolean;
  /** 1: a hit needs an entry that has not expired. */
  readonly expiry: boolean;
  /** 1: what is known to be absent counts only where a hit would. */
  readonly absence: boolean;
  /** 1: a parent's value is an answer only where every nearer namespace is known to have none. */
  readonly levels: boolean;
  /** 2: a lease counts from when the heartbeat was sent. */
  readonly sendTime: boolean;
  /** 3: an entry whose tag is below the key's fence is not used. */
  readonly tag: boolean;
  /** 3: what the store answered is kept only where the reader allows that when the answer comes. */
  readonly fill: boolean;
  /** 3: what a store whose reads lag answered from before the latest write is not kept. */
  readonly lag: boolean;
  /** 3: PREPARE and COMMIT kill the key's flights. */
  readonly kill: boolean;
  /** 4: a flight is joined only where a hit would be served. */
  readonly join: boolean;
  /** 5: what the log said before a reader's first lease counts. */
  readonly replay: boolean;
  /** 5: a nonce is never used twice. */
  readonly uniqueNonces: boolean;
  /** 5: a GRANT tells the epoch, to a reader whose replay began after the EPOCH. */
  readonly epochMemory: boolean;
  /** A GRANT of an epoch that is over is void. */
  readonly grantEpoch: boolean;
  /** 6: COMMIT ends the PREPAREs of its own and of lower fences, and no others. */
  readonly fenceBlock: boolean;
  /** 6: a PREPARE at or below the key's fence is a late duplicate. */
  readonly latePrepare: boolean;
  /** 6: no entry of a shared cache for a key that may have been forgotten. */
  readonly sure: boolean;
  /** 7: a coordinator waits for the leases of its predecessors. */
  readonly takeOverWait: boolean;
  /** 7: a coordinator stops on reading a later EPOCH. */
  readonly stop: boolean;
  /** 8: it waits for whoever may hold a lease. */
  readonly wait: boolean;
  /** 8: a grant counts from the attempt to write it. */
  readonly attempt: boolean;
  /** 9: no new grant to an instance that is behind. */
  readonly withhold: boolean;
  /** 11: the store is asked only after CLEARED. */
  readonly cleared: boolean;
  /** 11: the CLEARED of another PREPARE does not count. */
  readonly ownPrepare: boolean;
  /** 11: a CLEARED counts within the apply deadline only. */
  readonly deadline: boolean;
  /** 11: PREPARE is written again when no CLEARED comes, or a new EPOCH does. */
  readonly prepareAgain: boolean;
  /** 12: a worker takes no delivery of a partition that the group has not assigned to it. */
  readonly assigned: boolean;
  /** 13: no ABORT while an attempt may still land. */
  readonly uncertain: boolean;
  /** 13: PREPARE is repeated while an attempt lasts. */
  readonly hold: boolean;
  /** What an earlier owner of a partition writes is void, and it stops. */
  readonly owner: boolean;
}

export type RuleName = keyof Rules;

export const ALL_RULES: Rules = {
  lease: true,
  block: true,
  expiry: true,
  absence: true,
  levels: true,
  sendTime: true,
  fill: true,
  lag: true,
  tag: true,
  kill: true,
  join: true,
  replay: true,
  uniqueNonces: true,
  epochMemory: true,
  grantEpoch: true,
  fenceBlock: true,
  latePrepare: true,
  sure: true,
  takeOverWait: true,
  stop: true,
  wait: true,
  attempt: true,
  withhold: true,
  cleared: true,
  ownPrepare: true,
  deadline: true,
  prepareAgain: true,
  assigned: true,
  uncertain: true,
  hold: true,
  owner: true,
};
