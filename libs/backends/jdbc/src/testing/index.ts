export { embeddedHarness } from './embedded-harness.js';
export { h2Harness } from './h2-harness.js';
export { mysqlHarness } from './mysql-harness.js';
export { postgresqlHarness } from './postgresql-harness.js';
