import { join } from 'node:path';
import { pythonEnvironment } from './python.ts';

/** One of its own: the collections of Ansible take 200 MB. */
const environment = pythonEnvironment('ansible', join(import.meta.dirname, 'ansible', 'requirements.txt'), '250 MB');

/** `ansible-playbook` with the collection community.hashi_vault, installed first where it is absent. Rejects with a sentence. */
export async function ansiblePlaybook(log: (line: string) => void = () => undefined): Promise<string> {
  await environment.make(log);
  return environment.program('python');
}
