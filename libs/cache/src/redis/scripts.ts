import type { Connection } from './connection.js';

/**
 * KEYS: entry, fill lease. ARGV: token, lease time (ms), and `1` when the entry that is there is of no use.
 * Answers the entry, or 1 when the caller now has the lease, or 0 when somebody else has it.
 */
const GET_OR_LEASE = `
if ARGV[3] == '0' then
  local entry = redis.call('GET', KEYS[1])
  if entry then return entry end
end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0`;

/**
 * KEYS: entry, fill lease. ARGV: token, entry (its first 16 characters are its tag), time to live (ms). Answers whether the entry
 * was kept: only with the lease, and never over one with a higher tag. Gives the lease back.
 */
const FILL = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
local there = redis.call('GETRANGE', KEYS[1], 0, 15)
if there > string.sub(ARGV[2], 1, 16) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** KEYS: fill lease. ARGV: token. */
const RELEASE_LEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** The scripts as commands of a connection. */
export interface Scripts {
  cofferGetOrLeaseBuffer(
    entry: string,
    lease: string,
    token: string,
    leaseMs: number,
    unusable: 0 | 1,
  ): Promise<Buffer | number>;
  cofferFill(entry: string, lease: string, token: string, value: Buffer, ttlMs: number): Promise<number>;
  cofferReleaseLease(lease: string, token: string): Promise<number>;
}

export const withScripts = (connection: Connection): Connection & Scripts => {
  connection.defineCommand('cofferGetOrLease', { numberOfKeys: 2, lua: GET_OR_LEASE });
  connection.defineCommand('cofferFill', { numberOfKeys: 2, lua: FILL });
  connection.defineCommand('cofferReleaseLease', { numberOfKeys: 1, lua: RELEASE_LEASE });
  return connection as Connection & Scripts;
};
