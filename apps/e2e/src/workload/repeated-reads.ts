import { aimAtMost, type Outcome } from '../harness/outcome.js';
import type { Traffic } from './traffic.js';

/**
 * Reads that had to be repeated for want of time: no fault of Kafka, Redis, a worker, a coordinator or another gateway is a
 * reason for one, so a full run aims at none, and a machine without time fails no suite. `what` is in front of the figure.
 */
export const repeatedReads = (traffic: readonly Pick<Traffic, 'repeatedReads'>[], what = ''): Outcome =>
  aimAtMost(
    `${what}${what === '' ? 'R' : 'r'}eads repeated for want of time (503, 504)`,
    traffic.reduce((sum, each) => sum + each.repeatedReads, 0),
    'reads',
    0,
  );
