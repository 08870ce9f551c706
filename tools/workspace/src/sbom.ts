import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './checkout.ts';

/**
 * `npm run sbom [FILE]` writes what Coffer is made of as CycloneDX, from package-lock.json alone: nothing is installed and nobody is
 * asked. What is used to build it, and what the console's pages are bundled from, is marked as of development.
 */
const [file = join(root, 'dist/coffer.cdx.json')] = process.argv.slice(2);

interface Bom {
  bomFormat: string;
  components: unknown[];
  metadata: { component: { name: string } };
}

const text = execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 256 * 2 ** 20,
});
const bom = JSON.parse(text) as Bom;
// npm calls it by the folder of the checkout.
const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string };
bom.metadata.component.name = name;
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`);
process.stdout.write(`${file}: ${bom.bomFormat}, ${bom.components.length} components\n`);
