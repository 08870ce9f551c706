/**
 * Runs where it is named, since it compiles by a JDK of Java 25: npm test -- apps/e2e/src/api/kestra
 * @named
 * @servers none
 */
import { describeConnections } from './connection-tests.js';
import { describeKestra } from './kestra-suite.js';

describeKestra('2.0');
describeConnections('2.0');
