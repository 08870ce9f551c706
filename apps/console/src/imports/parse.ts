import { parseCsv } from './csv.js';
import { looksLikeKubernetes, parseJson, parseYaml } from './documents.js';
import { parseEnv, parseKestraVariables } from './env.js';
import type { Parsed } from './parsed.js';

export const FORMATS = ['env', 'json', 'yaml', 'csv', 'kubernetes', 'kestra'] as const;
export type Format = (typeof FORMATS)[number];

/** What a text most likely is. */
export const formatOf = (text: string): Format => {
  const trimmed = text.trim();
  const [head = ''] = trimmed.split('\n', 1);
  if (looksLikeKubernetes(trimmed)) return 'kubernetes';
  if (/^[{[]/.test(trimmed)) return 'json';
  if (/(?:^|\n)\s*(?:export\s+)?SECRET_\w+\s*=/.test(trimmed)) return 'kestra';
  if (/^(?:\s*#.*\n)*\s*(?:export\s+)?[\w.-]+\s*=/.test(trimmed)) return 'env';
  if (/^"?(?:key|name|secret)"?\s*[,;\t]/i.test(head)) return 'csv';
  return /^[^\s=]+\s*:(?:\s|$)/m.test(trimmed) || trimmed.startsWith('---') ? 'yaml' : 'env';
};

const PARSERS: Readonly<Record<Format, (text: string) => Parsed | Promise<Parsed>>> = {
  env: parseEnv,
  json: parseJson,
  yaml: parseYaml,
  csv: parseCsv,
  kubernetes: (text) => (/^\s*\{/.test(text) ? parseJson(text) : parseYaml(text)),
  kestra: parseKestraVariables,
};

/** Reads a text in the browser. Of a key that comes twice the last one counts, and is a problem. */
export const parseImport = async (text: string, format: Format): Promise<Parsed> => {
  const { secrets, problems } = await PARSERS[format](text);
  const byKey = new Map(secrets.map((secret) => [secret.key, secret]));
  const twice = secrets.length - byKey.size;
  return {
    secrets: [...byKey.values()],
    problems: [...problems, ...Array.from({ length: twice }, () => ({ line: 0, reason: 'twice' as const }))],
  };
};

export interface Renaming {
  /** Taken from the front of a key that begins with it. */
  strip: string;
  prefix: string;
  upper: boolean;
}

export const renamed = (key: string, { strip, prefix, upper }: Renaming): string => {
  const rest = strip !== '' && key.startsWith(strip) && key.length > strip.length ? key.slice(strip.length) : key;
  const whole = prefix + rest;
  return upper ? whole.toUpperCase() : whole;
};
