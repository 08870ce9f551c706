import type { Connection } from './connection.js';

/**
 * KEYS: entry, fill lease. ARGV: token, lease time (ms), and `1` when the entry that is there is of no use.
 * Answers the entry, or 1 when the caller now has the lease, or 0 when somebody else has it.
 */
const LOOK = `
if ARGV[3] == '0' then
  local entry = redis.call('GET', KEYS[1])
  if entry then return entry end
end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0`;

/**
 * KEYS: entry, fill lease. ARGV: token, entry (its first 16 characters are its tag), life (ms). Answers whether the entry
 * was kept: only with the lease, and never over one with a higher tag. Gives the lease back.
 */
const KEEP = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
local there = redis.call('GETRANGE', KEYS[1], 0, 15)
if there > string.sub(ARGV[2], 1, 16) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** KEYS: fill lease. ARGV: token. */
const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** The scripts as commands of a connection. */
export interface Scripts {
  cofferLookBuffer(
    entry: string,
    lease: string,
    token: string,
    leaseTime: number,
    useless: 0 | 1,
  ): Promise<Buffer | number>;
  cofferKeep(entry: string, lease: string, token: string, value: Buffer, life: number): Promise<number>;
  cofferRelease(lease: string, token: string): Promise<number>;
}

export const withScripts = (connection: Connection): Connection & Scripts => {
  connection.defineCommand('cofferLook', { numberOfKeys: 2, lua: LOOK });
  connection.defineCommand('cofferKeep', { numberOfKeys: 2, lua: KEEP });
  connection.defineCommand('cofferRelease', { numberOfKeys: 1, lua: RELEASE });
  return connection as Connection & Scripts;
};
