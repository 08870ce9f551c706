import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './checkout.ts';
import { licencePage, type Lockfile } from './lockfile.ts';

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
writeFileSync(join(root, 'docs/licences.md'), licencePage(lock));
