/** @servers none */
import { describeKestra } from './kestra-suite.js';

describeKestra('2.0');
