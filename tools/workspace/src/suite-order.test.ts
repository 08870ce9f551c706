import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder } from './suite-order.ts';
import { integrationSuites, isLate } from './suite-servers.ts';

test('units begin, the longest follow, and what needs a slow server begins when it is likely there, not at the end', () => {
  const integration = integrationSuites();
  const units = Array.from({ length: 170 }, (_, index) => `libs/a/src/${index}.spec.ts`);
  const order = inOrder(units, integration);
  assert.deepEqual(order.slice(0, units.length), units);
  assert.deepEqual([...order].sort(), [...units, ...integration].sort());
  const stores = order.indexOf('apps/e2e/src/properties/stores.ts');
  assert.ok(isLate('apps/e2e/src/properties/stores.ts'));
  assert.ok(stores > units.length && stores < units.length + 20, String(stores));
});

test('without a suite that needs a slow server the longest is first', () => {
  const order = inOrder([], ['libs/b/src/b.it.spec.ts', 'apps/e2e/src/properties/brokers.ts']);
  assert.equal(order[0], 'apps/e2e/src/properties/brokers.ts');
});
