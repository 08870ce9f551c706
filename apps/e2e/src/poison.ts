import 'reflect-metadata';
import { runCommand } from './measure/index.js';
import { poisonProperty } from './properties/poison.js';

void runCommand(() => poisonProperty({ mutations: 5_000, poisoned: 100 }));
