import { resolve } from 'node:path';
import type { Terminal } from './terminal.js';

/** The folder of a Coffer in one process: `COFFER_DATA_DIR`, else `./data`. */
export const dataFolderOf = (env: Terminal['env']): string => resolve(env['COFFER_DATA_DIR'] || 'data');
