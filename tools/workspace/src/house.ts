import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './checkout.ts';
import { gatewayGraph, judge } from './gateway-graph.ts';

/** A file is short up to here: it is then merged with another one, unless two others import it. */
const SHORT_LINES = 20;
/** What proves or measures the product, and is not in it. */
const VERIFICATION =
  /\.(?:spec|test|fixture)\.ts$|\/(?:fixture|testing)\/|^(?:apps\/e2e|libs\/backends\/conformance|formal|tools\/test-)/;

const files = globSync(['{apps,libs,tools}/**/src/**/*.ts', 'formal/src/**/*.rs'], {
  cwd: root,
  exclude: (name) => ['node_modules', 'dist'].includes(name),
}).map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }));

const verification = files.filter(({ file }) => VERIFICATION.test(file));
const tools = files.filter((each) => each.file.startsWith('tools/') && !verification.includes(each));
const product = files.filter((each) => !verification.includes(each) && !tools.includes(each));
const linesOf = (chosen: typeof files) => chosen.reduce((sum, { lines }) => sum + lines, 0);

const print = (figure: string, value: number, unit: string, aim?: string) =>
  console.log(JSON.stringify({ figure, value, unit, ...(aim && { aim }) }));

print('Product', linesOf(product), 'lines');
print('Verification', linesOf(verification), 'lines');
print('Commands of package.json', linesOf(tools), 'lines');
print('Files of the product', product.length, 'files');
print(
  `Files of the product with at most ${SHORT_LINES} lines`,
  product.filter(({ lines }) => lines <= SHORT_LINES).length,
  'files',
);

const gateway = judge(await gatewayGraph());
print('Gateway: longest chain of folders that import each other', gateway.rooms, 'folders');
print('Gateway: longest chain of files that import each other', gateway.files, 'files');
print('Gateway: imports upward', gateway.upward, 'imports', '0');
print('Gateway: imports in a circle', gateway.circular, 'imports', '0');
