import { canaryProperty } from './properties/canary.js';
import { runCommand } from './measure/index.js';

void runCommand(() =>
  canaryProperty({
    stores: ['embedded', 'postgresql', 'mariadb'],
    levels: ['trace', 'debug', 'info', 'warn', 'error'],
  }),
);
