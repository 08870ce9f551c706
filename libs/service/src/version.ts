import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const manifest = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { readonly version: string };

/** The version of Coffer: all its packages have the same one. */
export const VERSION = manifest.version;
