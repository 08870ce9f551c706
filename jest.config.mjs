/** Suites that need Vault, which may have to be built first: the others are run meanwhile. */
const late = '/(?:facade-over-)?vault-kv2|/e2e/src/(?:stores|store-faults|bench-cache|cache-expiry)\\b';

/**
 * `unit` needs nothing but Node; `integration` (`*.it.spec.ts`) needs the real servers that tools/servers brings up and
 * whose addresses it hands over in the environment; `integration-late` is the part of it that needs Vault as well.
 */
const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@coffer/source', 'node', 'require', 'default'] },
  transform: { '^.+\\.[cm]?ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
};

export default {
  // Never asserts speed: scrypt, or a server's start, may take seconds on a busy machine. Not known inside `projects`.
  testTimeout: 180_000,
  projects: [
    { ...base, displayName: 'unit', testRegex: '(?<!\\.it)\\.spec\\.ts$' },
    {
      ...base,
      displayName: 'integration',
      testRegex: '\\.it\\.spec\\.ts$',
      testPathIgnorePatterns: [...base.testPathIgnorePatterns, late],
    },
    { ...base, displayName: 'integration-late', testRegex: `(?:${late}).*\\.it\\.spec\\.ts$` },
  ],
};
