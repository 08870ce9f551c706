import type { BudgetReading } from '@coffer/observability';

/** How much of a budget of `coffer.limits` is in use. */
export interface BudgetUse {
  readonly bytes: number;
  readonly limitBytes: number;
  /** What was dropped or refused so far for want of room; never falls. */
  readonly losses?: number;
}

/** What was evicted counts as lost. */
export const useOf = ({ evictions: losses = 0, ...use }: BudgetReading): BudgetUse => ({ ...use, losses });

/** The part of a budget from which on it counts as full: the next large value may not fit. */
const FULL = 15 / 16;
/** How long something that was dropped or refused shows, from the first look that noticed it. */
const RECENT_MS = 60_000;

interface Watched {
  readonly setting: string;
  readonly read: () => BudgetUse;
  losses: number;
  until: number;
}

/** Which budgets are used up, for the health page: the service does its work, but drops or refuses something. */
export class FullBudgets {
  readonly #watched: Watched[] = [];

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** `setting`: below `coffer.limits`. What was lost before this call does not count. */
  watch(setting: string, read: () => BudgetUse): void {
    this.#watched.push({ setting, read, losses: read().losses ?? 0, until: -Infinity });
  }

  /** The full budgets by the name of their setting; `undefined` where there is room everywhere. */
  readonly details = (): Readonly<Record<string, string>> | undefined => {
    const full = this.#watched.filter((watched) => this.#isFull(watched));
    if (full.length === 0) return undefined;
    return Object.fromEntries(full.map(({ setting }) => [`coffer.limits.${setting}`, 'full']));
  };

  #isFull(watched: Watched): boolean {
    const { bytes, limitBytes, losses = 0 } = watched.read();
    if (losses > watched.losses) {
      watched.losses = losses;
      watched.until = this.now() + RECENT_MS;
    }
    return bytes >= limitBytes * FULL || this.now() < watched.until;
  }
}
