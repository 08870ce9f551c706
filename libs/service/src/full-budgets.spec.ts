import { FullBudgets, type BudgetUse } from './full-budgets.js';

describe('budgets on the health page', () => {
  let now = 0;
  let use: BudgetUse;
  const watching = (): FullBudgets => {
    const budgets = new FullBudgets(() => now);
    budgets.watch('queue', () => use);
    budgets.watch('operations', () => ({ bytes: 0, limitBytes: Infinity }));
    return budgets;
  };

  it('are named by their settings while hardly anything fits', () => {
    use = { bytes: 937, limitBytes: 1_000 };
    const budgets = watching();
    expect(budgets.details()).toBeUndefined();
    use = { bytes: 938, limitBytes: 1_000 };
    expect(budgets.details()).toEqual({ 'coffer.limits.queue': 'full' });
    use = { bytes: 0, limitBytes: 1_000 };
    expect(budgets.details()).toBeUndefined();
  });

  it('are named for a minute after something was dropped or refused, however much room there is then', () => {
    use = { bytes: 0, limitBytes: 1_000, losses: 7 };
    const budgets = watching();
    expect(budgets.details()).toBeUndefined();
    use = { ...use, losses: 8 };
    expect(budgets.details()).toEqual({ 'coffer.limits.queue': 'full' });
    now += 59_999;
    expect(budgets.details()).toEqual({ 'coffer.limits.queue': 'full' });
    now += 1;
    expect(budgets.details()).toBeUndefined();
  });
});
