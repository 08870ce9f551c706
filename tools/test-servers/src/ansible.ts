import { join } from 'node:path';
import { pythonEnvironment } from './python.ts';

/** One of its own: the collections of Ansible take 200 MB. */
const environment = pythonEnvironment('ansible', join(import.meta.dirname, 'ansible', 'requirements.txt'), '250 MB');

/** The interpreter that has Ansible (`-m ansible`) with community.hashi_vault. */
export const ansiblePython = environment.interpreter;
