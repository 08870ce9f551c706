import nx from '@nx/eslint-plugin';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';
import { refusedSyntax } from './tools/workspace/src/refused-names.ts';

/** The table of docs/architecture.md, "Who may import whom". An import that breaks it breaks the build. */
const layers = [
  { sourceTag: 'layer:kernel', onlyDependOnLibsWithTags: ['layer:kernel'] },
  { sourceTag: 'layer:coherence', onlyDependOnLibsWithTags: ['layer:kernel'] },
  {
    sourceTag: 'layer:contract',
    onlyDependOnLibsWithTags: ['layer:contract', 'layer:kernel'],
  },
  { sourceTag: 'layer:adapter', onlyDependOnLibsWithTags: ['layer:contract', 'layer:kernel'] },
  {
    sourceTag: 'layer:platform',
    onlyDependOnLibsWithTags: ['layer:contract', 'layer:coherence', 'layer:kernel'],
  },
  {
    sourceTag: 'layer:registry',
    onlyDependOnLibsWithTags: ['layer:adapter', 'layer:platform', 'layer:contract', 'layer:kernel'],
  },
  {
    sourceTag: 'layer:service',
    onlyDependOnLibsWithTags: ['layer:registry', 'layer:platform', 'layer:coherence', 'layer:contract', 'layer:kernel'],
  },
  {
    sourceTag: 'layer:app',
    onlyDependOnLibsWithTags: [
      'layer:service',
      'layer:registry',
      'layer:adapter',
      'layer:platform',
      'layer:contract',
      'layer:coherence',
      'layer:kernel',
    ],
  },
  { sourceTag: 'layer:composition', onlyDependOnLibsWithTags: ['*'] },
  { sourceTag: 'layer:tool', onlyDependOnLibsWithTags: ['*'] },
];

/** The client libraries of each adapter, banned everywhere else; the wiring frameworks belong to the apps. */
const vendors = {
  'aws-secrets-manager': ['@aws-sdk/*'],
  'azure-key-vault': ['@azure/*'],
  elasticsearch: ['@elastic/*'],
  'google-secret-manager': ['@google-cloud/*', 'google-auth-library', '@grpc/*'],
  jdbc: ['typeorm', 'pg', 'mysql2', 'node:sqlite'],
  'vault-kv2': ['node-vault', 'undici'],
};
const frameworks = ['@nestjs/*', 'kafkajs', 'ioredis', 'fastify'];
const banned = (...groups) => ({
  'no-restricted-imports': ['error', { patterns: groups.map(({ group, message }) => ({ group, message })) }],
});
const vendorBanBut = (own) => ({
  group: Object.values(vendors)
    .flat()
    .filter((vendor) => !own.includes(vendor)),
  message: 'A store client belongs to its adapter in libs/backends.',
});
const vendorBan = vendorBanBut([]);
const frameworkBan = { group: frameworks, message: 'Libraries are plain TypeScript; frameworks belong to the apps.' };
const timeBan = ['setTimeout', 'setInterval', 'setImmediate', 'performance', 'process'].map((name) => ({
  name,
  message: 'The coherence core is pure: time and randomness arrive as arguments.',
}));

/** Tests of a service have the store in memory beneath, rather than a mock of one. */
const layersOfTests = layers.map(({ sourceTag, onlyDependOnLibsWithTags: below }) => ({
  sourceTag,
  onlyDependOnLibsWithTags: sourceTag === 'layer:service' ? [...below, 'layer:adapter'] : below,
}));
/** What eslint-plugin-jest lets pass. */
const unfinished = {
  selector: 'MemberExpression[object.name=/^(it|test)$/][property.name=/^(todo|failing)$/]',
  message: 'A test that is to be written, or that may fail, is no test.',
};

/** Syntax that Node, which runs the tools as they are, does not know. */
const unerasable = [
  'TSEnumDeclaration',
  'TSParameterProperty',
  'TSImportEqualsDeclaration',
  'TSModuleDeclaration[declare!=true]',
].map((selector) => ({ selector, message: 'Node runs the tools by removing their types; this is more than a type.' }));

const boundaries = (depConstraints) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allow: [],
    depConstraints,
    // An adapter is loaded when a store of its type is configured; its suite's harness is loaded by the suite.
    checkDynamicDependenciesExceptions: ['^@coffer/backend-[a-z0-9-]+/testing$'],
  },
];

export default [
  {
    ignores: [
      '**/dist/**',
      '**/out-tsc/**',
      '**/node_modules/**',
      '.nx/**',
      'data/**',
      'apps/console/src/api/schema.ts',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked.map((c) => ({ ...c, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(layers),
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...refusedSyntax, unfinished] },
  },
  {
    files: ['tools/**/*.ts'],
    rules: {
      // Tests of Node's own runner stand for themselves.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: 'test', package: 'node:test' }] },
      ],
      // Node removes types and no more.
      'no-restricted-syntax': ['error', ...refusedSyntax, unfinished, ...unerasable],
      'no-console': 'off',
    },
  },
  // What comes over their wires is JSON and messages of a .proto file, in no type of ours.
  {
    files: ['tools/test-servers/src/{azure-key-vault,google-secret-manager}/**/*.ts', 'tools/**/*.test.ts'],
    rules: Object.fromEntries(
      [
        'no-explicit-any',
        ...['argument', 'assignment', 'call', 'member-access', 'return'].map((of) => `no-unsafe-${of}`),
      ]
        .concat('no-misused-promises', 'restrict-template-expressions')
        .map((rule) => [`@typescript-eslint/${rule}`, 'off']),
    ),
  },
  // All texts of a language, in one file for who translates.
  { files: ['apps/console/src/messages/*.ts'], rules: { 'max-lines': 'off' } },
  { files: ['tools/workspace/src/refused-names.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['libs/**/*.ts'], rules: banned(vendorBan, frameworkBan) },
  { files: ['apps/**/*.ts'], rules: banned(vendorBan) },
  // The data folder's own lock and facts, not a store of secrets.
  { files: ['apps/standalone/src/data-folder/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
  // A client of Coffer's, there.
  { files: ['apps/e2e/src/api/vault-clients/node-vault-tests.ts'], rules: { 'no-restricted-imports': 'off' } },
  // It looks at a database past Coffer, for what is really there.
  {
    files: ['apps/e2e/src/properties/leak-scan/databases.ts', 'apps/e2e/src/attacks/h2.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  ...Object.entries(vendors).map(([adapter, own]) => ({
    files: [`libs/backends/${adapter}/**/*.ts`],
    rules: banned(frameworkBan, vendorBanBut(own)),
  })),
  { files: ['libs/messaging/src/{nest,kafka}/**/*.ts', 'libs/cache/src/redis/**/*.ts'], rules: banned(vendorBan) },
  {
    files: ['libs/coherence/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', ...timeBan],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time arrives as an argument.' },
        { object: 'Math', property: 'random', message: 'Randomness arrives as an argument.' },
      ],
    },
  },
  // Also the suites that others call: the stores' conformance, those of messaging and caches.
  {
    files: ['**/*.ts'],
    plugins: { jest },
    // Tests of Node's own runner have the same names.
    settings: { jest: { globalPackage: 'node:test' } },
    rules: { 'jest/no-disabled-tests': 'error', 'jest/no-focused-tests': 'error' },
  },
  {
    files: ['**/*.spec.ts', '**/*.test.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(layersOfTests),
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      'max-lines': 'off',
    },
  },
];
