// @ts-nocheck -- what it lays over Mocha has Jest's types, which are not Mocha's.
const { readdirSync, existsSync, readFileSync } = require('node:fs');
const { registerHooks } = require('node:module');
const { join } = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { configureGlobal } = require('fast-check');
const { expect } = require('expect');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { bind } = require('jest-each');
const { ModuleMocker } = require('jest-mock');
const { transformSync } = require('@swc/core');

/**
 * Loads the specs of one package for Mocha, which keeps them loaded while Stryker switches one mutant after another on: Jest
 * loads everything anew for each, which takes a hundred times as long. The parts of Jest that specs use are its own.
 */

/** The copy of the checkout that Stryker has instrumented. */
const copy = process.cwd();
const { sources, roots, except } = JSON.parse(process.env.COFFER_MUTANTS);

registerHooks({
  resolve(specifier, context, next) {
    const source = sources[specifier];
    if (source !== undefined) return { url: pathToFileURL(join(copy, source)).href, shortCircuit: true };
    if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
      const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(url)) return { url: url.href, shortCircuit: true };
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts') || !url.startsWith(pathToFileURL(join(copy, 'libs')).href)) return next(url, context);
    const filename = fileURLToPath(url);
    // A property that needs more than a hundred cases to notice a change is too weak a test of it.
    const text = readFileSync(filename, 'utf8').replace(/numRuns: ([\d_]+)/g, 'numRuns: Math.min($1, 100)');
    const { code } = transformSync(text, {
      filename,
      configFile: join(copy, '.swcrc'),
      sourceMaps: 'inline',
    });
    return { format: 'commonjs', source: code, shortCircuit: true };
  },
});

/**
 * A test that waits for what a change has made impossible is ended, and the process goes on with the next change. It may take
 * that much longer than without a change, where this process has seen it without one.
 */
const TEST_TIMEOUT_MS = 10_000;
const UNSEEN_TEST_TIMEOUT_MS = 30_000;
const durationsMs = new Map();

const mocker = new ModuleMocker(globalThis);
const timers = new ModernFakeTimers({ config: { fakeTimers: {}, rootDir: copy }, global: globalThis });
Object.assign(globalThis, {
  expect,
  test: it,
  beforeAll: before,
  afterAll: after,
  jest: {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    requireActual: require,
    setTimeout: () => undefined,
    useFakeTimers: (options) => timers.useFakeTimers(options),
    useRealTimers: () => timers.useRealTimers(),
    advanceTimersByTime: (ms) => timers.advanceTimersByTime(ms),
    advanceTimersByTimeAsync: (ms) => timers.advanceTimersByTimeAsync(ms),
    runAllTimersAsync: () => timers.runAllTimersAsync(),
  },
});
it.each = bind(it);
describe.each = bind(describe, false);

// The same cases for each mutant, and no search for the smallest one once a case has failed.
configureGlobal({ seed: 1, endOnFailure: true });

/** Stryker’s own name for what it tells the changed code: which change is switched on, if any. */
const isChanged = () => globalThis.__stryker__?.activeMutant !== undefined;

beforeEach(function limitTest() {
  const test = this.currentTest;
  const seenMs = durationsMs.get(test.fullTitle());
  const limitMs = seenMs === undefined ? UNSEEN_TEST_TIMEOUT_MS : TEST_TIMEOUT_MS + 3 * seenMs;
  test.timeout(isChanged() ? limitMs : 0);
});
afterEach(function rememberDuration() {
  const { duration } = this.currentTest;
  if (!isChanged() && duration !== undefined) durationsMs.set(this.currentTest.fullTitle(), duration);
});

for (const root of roots) {
  for (const file of readdirSync(join(copy, root), { recursive: true }).sort()) {
    if (!/(?<!\.it)\.spec\.ts$/.test(file) || except.some((folder) => file.startsWith(`${folder}/`))) continue;
    // The hooks at the top of a file are for its own tests alone, as with Jest.
    describe(file, () => void require(join(copy, root, file)));
  }
}
