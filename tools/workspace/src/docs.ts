import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import openapiTypes, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { build } from './build.ts';
import { root } from './checkout.ts';

const help = `Writes docs/configuration.md from the schema of the configuration, and apps/console/src/api/schema.ts, the types of the
console's requests, from the description of the API.

  npm run docs              writes them
  npm run docs -- --check   writes nothing, and fails when one is out of date`;

const require = createRequire(import.meta.url);

function configurationPage(): string {
  return (require('@coffer/config') as typeof import('@coffer/config')).configurationPage();
}

async function apiTypes(): Promise<string> {
  require('reflect-metadata');
  const { describeGateway } = require('@coffer/gateway') as typeof import('@coffer/gateway');
  const description = JSON.parse(JSON.stringify(describeGateway('0'))) as OpenAPI3;
  return `// From the description of the API: npm run docs writes it.\n${astToString(await openapiTypes(description))}`;
}

const args = process.argv.slice(2);
if (args.some((argument) => ['--help', '-h'].includes(argument))) {
  process.stdout.write(`${help}\n`);
} else {
  try {
    await build();
    const written = {
      'docs/configuration.md': configurationPage(),
      'apps/console/src/api/schema.ts': await apiTypes(),
    };
    for (const [page, text] of Object.entries(written)) {
      const file = join(root, page);
      if (!args.includes('--check')) writeFileSync(file, text);
      else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
        process.stderr.write(`${page} is out of date: npm run docs writes it\n`);
        process.exitCode = 1;
      }
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
