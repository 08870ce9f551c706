import { join } from 'node:path';
import { pythonEnvironment } from './python.ts';

/** One of its own: it is small, and none but the suites of Vault's clients need it. */
const environment = pythonEnvironment('hvac', join(import.meta.dirname, 'hvac', 'requirements.txt'), '20 MB');

/** The interpreter that has hvac. */
export const hvacPython = environment.interpreter;
