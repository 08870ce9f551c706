import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { CofferError } from '@coffer/secrets';
import { withGatewayOptions, type GatewayOptions } from '../gateway-options.js';
import { withExample } from '../help-text.js';
import type { Terminal } from '../terminal.js';
import { parseReference } from './secret-reference.js';
import { SecretValues } from './secret-values.js';

interface Options extends GatewayOptions {
  readonly template: string;
  readonly out?: string;
}

const MAX_TEMPLATE_BYTES = 4 * 1_048_576;
const PLACE = /\{\{\s*(coffer:\/\/[^\s{}]+)\s*\}\}/g;

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown reason';

const readTemplate = (file: string): string => {
  try {
    if (statSync(file).size <= MAX_TEMPLATE_BYTES) return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CofferError('configuration', `the template ${file} cannot be read (${reasonOf(error)})`);
  }
  throw new CofferError('configuration', `the template ${file} has more than ${MAX_TEMPLATE_BYTES} bytes`);
};

/** Replaces the file as a whole; it is its owner's alone. */
const write = (file: string, text: string): void => {
  const fresh = `${file}.${randomUUID()}`;
  try {
    writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' });
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new CofferError('configuration', `${file} cannot be written (${reasonOf(error)})`);
  }
};

/** The template with the values of the references in it, each read once. Throws what is wrong with the first that cannot be read. */
const fill = async (template: string, values: SecretValues): Promise<string> => {
  const found = new Map<string, string>();
  for (const [, text = ''] of template.matchAll(PLACE)) {
    const reference = parseReference(text);
    if (reference === undefined || found.has(text)) continue;
    try {
      found.set(text, await values.of(reference));
    } catch (error) {
      throw CofferError.is(error) ? new CofferError(error.code, `${text}: ${error.message}`) : error;
    }
  }
  return template.replaceAll(PLACE, (place, text: string) => found.get(text) ?? place);
};

/** `coffer inject`: writes a template with values of secrets in it, all of them or nothing. */
export const inject = (terminal: Terminal): Command =>
  withExample(
    withGatewayOptions(new Command('inject'), 'whose secrets, where a reference names no other')
      .description('write a template with values of secrets in place of references to them')
      .requiredOption('--template <file>', 'has {{ coffer://[tenant@]namespace/KEY[#subkey] }} where a value goes')
      .option('--out <file>', 'is replaced as a whole, and its owner’s alone; standard output when absent'),
    'coffer inject --token-file token --template app.yml.tpl --out /run/app/app.yml',
  ).action(async (options: Options) => {
    const template = readTemplate(resolve(terminal.cwd, options.template));
    const text = await fill(template, new SecretValues(options, terminal));
    if (options.out === undefined) terminal.out(text);
    else write(resolve(terminal.cwd, options.out), text);
  });
