export { embeddedSubject } from './embedded-subject.js';
export { h2Subject } from './h2-subject.js';
export { mysqlSubject } from './mysql-subject.js';
export { postgresqlSubject } from './postgresql-subject.js';
