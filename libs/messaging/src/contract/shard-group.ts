export interface ShardHandler {
  /** This process coordinates the shard from now on. */
  assigned(shard: number): void;
  /** Another process may coordinate the shard from now on. */
  revoked(shard: number): void;
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
