import { join } from 'node:path';
import { integrationSuites } from './tools/workspace/src/suite-servers.ts';

/**
 * `unit` needs nothing but Node; `integration` (`*.it.spec.ts`, and the properties of apps/e2e) needs the real servers that tools/test-servers
 * brings up: its globalSetup begins to start those of the chosen suites, and each suite waits for its own.
 */
const base = {
  rootDir: import.meta.dirname,
  testEnvironment: '<rootDir>/tools/workspace/src/unit-environment.ts',
  testEnvironmentOptions: { customExportConditions: ['@coffer/source', 'node', 'require', 'default'] },
  transform: { '^.+\\.[cm]?ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
};

export default {
  // Never asserts speed: scrypt, or a server's start, may take seconds on a busy machine. Not known inside `projects`.
  testTimeout: 180_000,
  // A worker that has run sixty suites holds a gigabyte, and a process of that size is gone 0.9 to 1.1 s after its event loop has
  // ended, where Jest waits for 0.5 s. What keeps the loop from ending fails its suite: unit-environment.ts.
  workerGracefulExitTimeout: 30_000,
  testSequencer: './tools/workspace/src/suite-sequencer.ts',
  projects: [
    { ...base, displayName: 'unit', testRegex: '(?<!\\.it)\\.spec\\.ts$' },
    {
      ...base,
      displayName: 'integration',
      globalSetup: '<rootDir>/tools/workspace/src/global-setup.ts',
      globalTeardown: '<rootDir>/tools/workspace/src/global-teardown.ts',
      testEnvironment: '<rootDir>/tools/workspace/src/suite-environment.ts',
      // A property of apps/e2e is a suite without a spec of its own.
      transform: {
        '/apps/e2e/src/(properties|benchmarks)/[^/]+\\.ts$': '<rootDir>/tools/workspace/src/property-suite.ts',
        ...base.transform,
      },
      testMatch: integrationSuites().map((path) => join(import.meta.dirname, path)),
    },
  ],
};
