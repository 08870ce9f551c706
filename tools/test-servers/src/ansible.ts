import { join } from 'node:path';
import { pythonEnvironment } from './python.ts';

/** One of its own: the collections of Ansible take 200 MB. */
const environment = pythonEnvironment('ansible', join(import.meta.dirname, 'ansible', 'requirements.txt'), '250 MB');

/** The interpreter that has Ansible (`-m ansible`) with community.hashi_vault, installed first where it is absent. Rejects with a sentence. */
export async function ansiblePython(log: (line: string) => void = () => undefined): Promise<string> {
  await environment.make(log);
  return environment.program('python');
}
