import { hitNetworkProperty } from './properties/hit-network.js';
import { runCommand } from './measure/index.js';

void runCommand(() => hitNetworkProperty({ hits: 20_000, idleSeconds: 10 }));
