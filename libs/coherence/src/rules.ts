/**
 * The switches of the protocol's rules, each with the number of its rule on docs/protocol.md; 0 is what the page says of
 * replaced coordinators and owners before its first rule. `npm run check` compares the numbers with the page and the model.
 */
export const RULE_NUMBERS = {
  /** A hit needs a lease. */
  lease: 1,
  /** A hit needs a key that is not blocked. */
  block: 1,
  /** A hit needs an entry that has not expired. */
  expiry: 1,
  /** What is known to be absent counts only where a hit would. */
  absence: 1,
  /** A parent's value is an answer only where every nearer namespace is known to have none. */
  levels: 1,
  /** A lease counts from when the heartbeat was sent. */
  sendTime: 2,
  /** An entry whose tag is below the key's fence is not used. */
  tag: 3,
  /** What the store answered is kept only where the reader allows that when the answer comes. */
  fill: 3,
  /** What a store whose reads lag answered from before the latest write is not kept. */
  lag: 3,
  /** PREPARE and COMMIT kill the key's flights. */
  kill: 3,
  /** A flight is joined only where a hit would be served. */
  join: 4,
  /** What the log said before a reader's first lease counts. */
  replay: 5,
  /** A nonce is never used twice. */
  uniqueNonces: 5,
  /** A GRANT tells the epoch, to a reader whose replay began after the EPOCH. */
  epochMemory: 5,
  /** A GRANT of an epoch that is over is void. */
  grantEpoch: 0,
  /** COMMIT ends the PREPAREs of its own and of lower fences, and no others. */
  fenceBlock: 6,
  /** A PREPARE at or below the key's fence is a late duplicate. */
  latePrepare: 6,
  /** No entry of a shared cache for a key that may have been forgotten. */
  sure: 6,
  /** A coordinator waits for the leases of its predecessors. */
  takeOverWait: 7,
  /** A coordinator stops on reading a later EPOCH. */
  stop: 7,
  /** It waits for whoever may hold a lease. */
  wait: 8,
  /** A grant counts from the attempt to write it. */
  attempt: 8,
  /** No new grant to an instance that is behind. */
  withhold: 9,
  /** The store is asked only after CLEARED. */
  cleared: 11,
  /** The CLEARED of another PREPARE does not count. */
  ownPrepare: 11,
  /** A CLEARED counts within the apply deadline only. */
  deadline: 11,
  /** PREPARE is written again when no CLEARED comes, or a new EPOCH does. */
  prepareAgain: 11,
  /** A worker takes no delivery of a partition that the group has not assigned to it. */
  assigned: 12,
  /** No ABORT while an attempt may still land. */
  uncertain: 13,
  /** PREPARE is repeated while an attempt lasts. */
  hold: 13,
  /** What an earlier owner of a partition writes is void, and it stops. */
  owner: 0,
} as const;

export type RuleName = keyof typeof RULE_NUMBERS;

/**
 * Which rules of the protocol are obeyed: all of them, but in the tests that show what each is needed for. A rule that
 * can be left out without a failure is not tested. No configuration reaches it.
 */
export type Rules = Readonly<Record<RuleName, boolean>>;

export const RULE_NAMES = Object.keys(RULE_NUMBERS) as readonly RuleName[];

export const ALL_RULES = Object.fromEntries(RULE_NAMES.map((name) => [name, true])) as Rules;
