import type { Messaging } from '@coffer/messaging';
import type { BudgetReading } from '@coffer/observability';
import { FullBudgets, type AccessWatch, type StoreHealth } from '@coffer/service';
import type { Health, HealthState } from '../http/index.js';

export interface GatewayHealthParts {
  readonly stores: Pick<StoreHealth, 'down'>;
  /** Whether tokens and users may have changed without counting yet. Absent: they do not change. */
  readonly access?: Pick<AccessWatch, 'stale'> | undefined;
  readonly messaging: Pick<Messaging, 'producer' | 'budgets'>;
  /** Bytes that this process may have queued, and how many writes were refused for want of them so far. */
  readonly queue: { readonly maxBytes: number; readonly refusals: () => number };
  /** What is remembered of operations. */
  readonly operations: { readonly memory: BudgetReading };
}

const budgetsOf = ({ messaging, queue, operations }: GatewayHealthParts): FullBudgets => {
  const budgets = new FullBudgets();
  const bytes = (): number => messaging.producer.backlog().bytes;
  budgets.watch('queue', () => ({ bytes: bytes(), limitBytes: queue.maxBytes, losses: queue.refusals() }));
  budgets.watch('operations', () => {
    const { evictions: losses = 0, ...use } = operations.memory;
    return { ...use, losses };
  });
  budgets.watch('deadLetters', () => {
    const { evictions: losses = 0, ...use } = messaging.budgets()['dead-letters'] ?? { bytes: 0, limitBytes: Infinity };
    return { ...use, losses };
  });
  return budgets;
};

/**
 * Ready while every store answers, and for writes the queue as well; reads need none. Stale access and a budget of
 * `coffer.limits` that is full are details: requests are answered nevertheless.
 */
export const gatewayHealth = (parts: GatewayHealthParts): Health => {
  const { stores, access, messaging } = parts;
  const budgets = budgetsOf(parts);
  const state = (needed: Readonly<Record<string, string>> = {}): HealthState => {
    const missing = {
      ...Object.fromEntries(Array.from(stores.down, ([name, reason]) => [`store ${name}`, reason])),
      ...needed,
    };
    const ok = Object.keys(missing).length === 0;
    return { ok, details: { ...missing, ...(access?.stale && { access: 'stale' }), ...budgets.details() } };
  };
  return {
    live: () => ({ ok: true }),
    readyReads: () => state(),
    readyWrites: () => state(messaging.producer.ready() ? {} : { queue: 'unreachable' }),
  };
};
