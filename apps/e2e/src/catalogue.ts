import 'reflect-metadata';
import { catalogueProperty } from './benchmarks/catalogue.js';
import { runCommand } from './measure/index.js';

void runCommand(() => catalogueProperty({ secrets: 20_000, requests: 500, entries: [20_000, 100_000] }));
