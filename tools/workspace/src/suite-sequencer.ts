import { createRequire } from 'node:module';
import { relative } from 'node:path';
import type { Test } from '@jest/test-result';
import { root } from './checkout.ts';
import { inOrder } from './suite-order.ts';
import { suiteRun } from './suite-run.ts';

// Its types are those of its CommonJS form, which an import does not get.
const require = createRequire(import.meta.url);
const { default: TestSequencer } = require('@jest/test-sequencer') as typeof import('@jest/test-sequencer');

const pathOf = ({ path }: Test) => relative(root, path);
const isUnit = ({ context }: Test) => context.config.displayName?.name === 'unit';

/** Jest asks it for the order of the chosen suites before anything else; then their servers are begun. */
export default class SuiteSequencer extends TestSequencer {
  override sort(tests: Test[]): Test[] {
    const units = super.sort(tests.filter(isUnit)) as Test[];
    const byPath = new Map(tests.map((test) => [pathOf(test), test]));
    const integration = tests.filter((test) => !isUnit(test)).map(pathOf);
    const suites = inOrder(units.map(pathOf), integration);
    suiteRun().suites = suites.filter((suite) => integration.includes(suite));
    return suites.flatMap((suite) => byPath.get(suite) ?? []);
  }
}
