import { envelopeProperty } from './properties/envelope.js';
import { runCommand } from './measure/index.js';

void runCommand(() => envelopeProperty({ lengths: [0, 1, 16, 100, 1_000] }));
