import { kill9Property } from './properties/kill9.js';
import { runCommand } from './measure/index.js';

void runCommand(() => kill9Property({ kills: 20, keys: 200, writers: 16, writesBetween: 500 }));
