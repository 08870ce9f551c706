import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Address } from '@coffer/test-servers';

/** Names the folder, from which Jest's workers learn where the servers are. */
const FOLDER = 'COFFER_TEST_SERVERS_FOLDER';
const POLL_INTERVAL_MS = 100;

/** Makes the folder, for this process and those that it starts from now on. */
export function makeAddressFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-servers-'));
  process.env[FOLDER] = folder;
  return folder;
}

export function publishAddress(folder: string, name: string, address: Address): void {
  const file = join(folder, name);
  // Passwords among them. Whoever looks finds all of it or nothing.
  writeFileSync(`${file}.part`, JSON.stringify(address), { mode: 0o600 });
  renameSync(`${file}.part`, file);
}

/** Waits until it is known where the server is. Whoever starts it says so, or ends this process. */
export async function addressOf(name: string): Promise<Address> {
  const folder = process.env[FOLDER];
  if (folder === undefined) return { missing: `No suite that needs ${name} was chosen when this run of Jest began.` };
  const file = join(folder, name);
  while (!existsSync(file)) await pause(POLL_INTERVAL_MS);
  return JSON.parse(readFileSync(file, 'utf8')) as Address;
}
