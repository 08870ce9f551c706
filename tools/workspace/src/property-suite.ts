import { relative } from 'node:path';
import { root } from './checkout.ts';
import { readProperty } from './properties.ts';

/** What Jest runs in the place of a property's file: its quick run, in a process of its own. */
export default {
  process(text: string, path: string) {
    const { name, shows } = readProperty(relative(root, path), text);
    const [suite, ...args] = ['../harness/property-suite', name, shows].map((each) => JSON.stringify(each));
    return { code: `require(${suite}).propertySuite(${args.join(', ')});` };
  },
};
