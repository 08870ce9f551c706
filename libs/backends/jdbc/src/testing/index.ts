export { embeddedSubject } from './embedded-harness.js';
export { h2Subject } from './h2-harness.js';
export { mysqlSubject } from './mysql-harness.js';
export { postgresqlSubject } from './postgresql-harness.js';
