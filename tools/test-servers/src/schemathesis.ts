import { join } from 'node:path';
import { pythonEnvironment } from './python.ts';

/** One of its own: its dependencies are others than moto's. */
const environment = pythonEnvironment(
  'schemathesis',
  join(import.meta.dirname, 'schemathesis', 'requirements.txt'),
  '90 MB',
);

/** The interpreter that has schemathesis. */
export const schemathesisPython = environment.interpreter;
