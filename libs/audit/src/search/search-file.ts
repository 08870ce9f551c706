import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { CofferError } from '@coffer/secrets';
import type { AuditedMember } from '../record/audit-entry.js';
import { linesBackwards } from './lines-backwards.js';

/** A record as it is in a file. */
export interface AuditRow {
  readonly time: string;
  readonly request: string;
  readonly principal?: string;
  readonly credential?: string;
  readonly address: string;
  readonly tenant?: string;
  readonly namespace?: string;
  readonly key?: string;
  readonly action: string;
  readonly decision: string;
  readonly outcome: string;
  readonly foundIn?: string;
  readonly version?: string;
  readonly operation?: string;
  readonly target?: string;
  readonly detail?: string;
  readonly hmac?: string;
  readonly secrets?: readonly AuditedMember[];
  readonly breakGlass?: boolean;
  readonly chain: string;
  readonly seq: number;
}

export interface AuditSearch {
  readonly tenant: string;
  readonly matches: (row: AuditRow) => boolean;
  /** Matches that are passed over, and those that are answered after them. */
  readonly skip: number;
  readonly take: number;
}

export interface AuditMatches {
  /** The latest first. */
  readonly rows: readonly AuditRow[];
  /** Number of matches in the part of the file that was looked through. */
  readonly total: number;
}

/** The end of the file that a search looks through: about 150,000 records. */
const MAX_BYTES = 64 * 1_048_576;

const rowOf = (line: string): AuditRow | undefined => {
  try {
    const row = JSON.parse(line) as Partial<AuditRow>;
    // Lines about the chain itself are no records.
    return row.request === undefined ? undefined : (row as AuditRow);
  } catch {
    return undefined;
  }
};

const unreadable = (): CofferError =>
  new CofferError('unavailable', 'the file of the audit cannot be read; its operator has to act');

/** Searches the file of a sink; one search at a time. Throws `overloaded` for another one, and `unavailable`. */
export class AuditFileSearch {
  #isBusy = false;

  constructor(private readonly path: string) {}

  async search(search: AuditSearch): Promise<AuditMatches> {
    if (this.#isBusy) {
      throw new CofferError('overloaded', 'another search of the audit is under way; try again when it is done');
    }
    this.#isBusy = true;
    try {
      return await this.#search(search);
    } catch (error) {
      throw CofferError.is(error) ? error : unreadable();
    } finally {
      this.#isBusy = false;
    }
  }

  async #search({ tenant, matches, skip, take }: AuditSearch): Promise<AuditMatches> {
    const file = await open(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
    const rows: AuditRow[] = [];
    let total = 0;
    try {
      if (!(await file.stat()).isFile()) throw unreadable();
      const ofTenant = `"tenant":${JSON.stringify(tenant)}`;
      for await (const lines of linesBackwards(file, MAX_BYTES)) {
        for (const line of lines) {
          const row = line.includes(ofTenant) ? rowOf(line) : undefined;
          if (row === undefined || row.tenant !== tenant || !matches(row)) continue;
          if (total >= skip && rows.length < take) rows.push(row);
          total += 1;
        }
      }
    } finally {
      await file.close();
    }
    return { rows, total };
  }
}
