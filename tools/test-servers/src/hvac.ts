import { join } from 'node:path';
import { pythonEnvironment } from './python.ts';

/** One of its own: it is small, and none but the suites of Vault's clients need it. */
const environment = pythonEnvironment('hvac', join(import.meta.dirname, 'hvac', 'requirements.txt'), '20 MB');

/** The interpreter that has hvac, which is installed first where it is absent. Rejects with a sentence. */
export async function hvacPython(log: (line: string) => void = () => undefined): Promise<string> {
  await environment.make(log);
  return environment.program('python');
}
