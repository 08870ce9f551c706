/**
 * Runs where it is named, since it compiles by a JDK of Java 21 or newer: npm test -- apps/e2e/src/api/kestra
 * @named
 * @servers none
 */
import { describeConnections } from './connection-tests.js';
import { describeKestra } from './kestra-suite.js';

describeKestra('1.3');
describeConnections('1.3');
