import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Files of the guides, which the suites use as they are. */
export const GUIDE_EXAMPLES = join(__dirname, '../../../../docs/guides/examples');

export const exampleFile = (...path: readonly string[]): string => join(GUIDE_EXAMPLES, ...path);

/** An example in YAML, by the caller's word about its shape. */
export const yamlExample = <T>(...path: readonly string[]): T => parse(readFileSync(exampleFile(...path), 'utf8')) as T;
