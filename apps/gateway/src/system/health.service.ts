import type { Messaging } from '@coffer/messaging';
import type { BudgetReading } from '@coffer/observability';
import type { WriteAdmission } from '@coffer/writes';
import { FullBudgets, useOf, type AccessWatch, type StoreHealth } from '@coffer/service';

/** One answer of the health page: `details` holds names and states, never an address with credentials. */
export interface HealthState {
  readonly ok: boolean;
  readonly details?: Readonly<Record<string, string>>;
}

export interface HealthParts {
  readonly stores: Pick<StoreHealth, 'down'>;
  /** Whether tokens and users may have changed without counting yet. Without it, they do not change. */
  readonly access?: Pick<AccessWatch, 'stale'> | undefined;
  readonly messaging: Pick<Messaging, 'producer' | 'budgets'>;
  readonly admission: Pick<WriteAdmission, 'memory' | 'refusals'>;
  /** What is remembered of operations. */
  readonly operations: { readonly memory: BudgetReading };
}

const budgetsOf = ({ messaging, admission, operations }: HealthParts): FullBudgets => {
  const budgets = new FullBudgets();
  budgets.watch('queue', () => ({ ...admission.memory, losses: admission.refusals }));
  budgets.watch('operations', () => useOf(operations.memory));
  budgets.watch('deadLetters', () => useOf(messaging.budgets()['dead-letters'] ?? { bytes: 0, limitBytes: Infinity }));
  return budgets;
};

/**
 * Ready while every store answers, and for writes the queue as well; reads need none. Stale access and a budget of
 * `coffer.limits` that is full are details: requests are answered nevertheless.
 */
export class HealthService {
  readonly #budgets: FullBudgets;

  constructor(private readonly parts: HealthParts) {
    this.#budgets = budgetsOf(parts);
  }

  /** The process runs and its event loop turns. */
  live(): HealthState {
    return { ok: true };
  }

  readyReads(): HealthState {
    return this.#state({});
  }

  readyWrites(): HealthState {
    return this.#state(this.parts.messaging.producer.ready() ? {} : { queue: 'unreachable' });
  }

  #state(needed: Readonly<Record<string, string>>): HealthState {
    const { stores, access } = this.parts;
    const missing = {
      ...Object.fromEntries(Array.from(stores.down, ([name, reason]) => [`store ${name}`, reason])),
      ...needed,
    };
    const ok = Object.keys(missing).length === 0;
    return { ok, details: { ...missing, ...(access?.stale && { access: 'stale' }), ...this.#budgets.details() } };
  }
}
