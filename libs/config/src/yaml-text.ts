import { CofferError } from '@coffer/secrets';
import { parseAllDocuments, type DocumentOptions, type ParseOptions, type SchemaOptions } from 'yaml';
import { isTree, type Tree } from './tree.js';

const wrong = (source: string, text: string): CofferError =>
  new CofferError('configuration', `configuration: ${source} ${text}`, { source });

/** Every scalar stays the text that was written. */
export const YAML_OPTIONS = {
  schema: 'failsafe',
  customTags: ['null'],
  merge: true,
  logLevel: 'error',
} as const satisfies ParseOptions & DocumentOptions & SchemaOptions;

/**
 * The documents of a YAML text, later ones meant to win. Every scalar stays the text that was written, so a password of
 * digits keeps its zeros. Errors name `source`, line and column; the parser's own messages quote the text and are not
 * passed on.
 */
export const parseYaml = (text: string, source: string): Tree[] => {
  const documents = parseAllDocuments(text, { ...YAML_OPTIONS, customTags: [...YAML_OPTIONS.customTags] });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const [start] = error.linePos ?? [];
      const where = start === undefined ? '' : ` at line ${start.line}, column ${start.col}`;
      throw wrong(source, `is not valid YAML${where}: ${error.code.toLowerCase().replaceAll('_', ' ')}`);
    }
    const value = asValue(() => document.toJS() as unknown, source);
    if (value === null || value === undefined) return {};
    if (!isTree(value)) throw wrong(source, 'must be a map of settings at its top level');
    return value;
  });
};

/** Aliases are followed late: an unknown or an exploding one is only found here. */
const asValue = (read: () => unknown, source: string): unknown => {
  try {
    return read();
  } catch {
    throw wrong(source, 'is not valid YAML: an alias names no anchor, or aliases grow without bound');
  }
};
