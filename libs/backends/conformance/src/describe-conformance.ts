import { afterAll, beforeAll, describe } from '@jest/globals';
import type { Harness } from './harness.js';
import { Bench } from './suite/bench.js';
import { credentialTests } from './suite/credentials.js';
import { deleteTests } from './suite/deletes.js';
import { facadeTests } from './suite/facade-rules.js';
import { externalSecretTests } from './suite/external-secrets.js';
import { faultTests } from './suite/faults.js';
import { fenceTests } from './suite/fences.js';
import { isolationTests } from './suite/isolation.js';
import { listingTests } from './suite/listing.js';
import { nameTests } from './suite/names.js';
import { resealingTests } from './suite/resealing.js';
import { revisionTests } from './suite/revisions.js';
import { valueTests } from './suite/values.js';
import { versionTests } from './suite/versions.js';

/** For opening a store and its schema. */
const OPEN_TIMEOUT_MS = 180_000;

/**
 * Declares the suite that every adapter passes, and the facade over two of them. Titles are stable: a table of stores and
 * tests is printed from them. What a store cannot do is a test whose title says `[capability absent: …]`.
 */
export const describeConformance = (harness: Harness): void => {
  describe(`conformance: ${harness.name}`, () => {
    const bench = new Bench(harness);
    beforeAll(() => bench.open(), OPEN_TIMEOUT_MS);
    afterAll(() => bench.close(), OPEN_TIMEOUT_MS);
    valueTests(bench);
    deleteTests(bench);
    fenceTests(bench);
    versionTests(bench);
    revisionTests(bench);
    nameTests(bench);
    isolationTests(bench);
    externalSecretTests(bench);
    listingTests(bench);
    resealingTests(bench);
    credentialTests(bench);
    faultTests(bench);
    if (harness.facade !== undefined) facadeTests(bench, harness.facade);
  });
};
