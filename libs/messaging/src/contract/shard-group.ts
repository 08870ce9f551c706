export interface ShardHandler {
  /** This process is to coordinate these shards from now on, and no others. Called whenever they are shared out. */
  assigned(shards: ReadonlySet<number>): void;
}

/**
 * A member of the one group of coordinators. Each shard is assigned to one member at a time, as far as the group knows;
 * who really has it is decided by the log alone.
 */
export interface ShardGroup {
  start(handler: ShardHandler): Promise<void>;
  /** Leaves the group. */
  close(): Promise<void>;
}
