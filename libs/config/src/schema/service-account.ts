import { SecretValue } from '@coffer/secrets';
import { PemProblem, privateKeyOf } from '../text-form/pem.js';
import { isTree, type Tree } from '../tree.js';
import { anyText } from './scalars.js';

/** Line breaks in a text of JSON, which whoever wrote `\n` out has put there. */
const escapedBreaks = (json: string): string =>
  json.replace(/"(?:[^"\\]|\\.)*"/gs, (quoted) => quoted.replace(/\r?\n|\r/g, '\\n').replace(/\t/g, '\\t'));

const parse = (json: string): Tree | undefined => {
  for (const form of [json, escapedBreaks(json)]) {
    try {
      const parsed: unknown = JSON.parse(form);
      return isTree(parsed) ? parsed : undefined;
    } catch {
      // The parser's own message quotes what it was given.
    }
  }
  return undefined;
};

/** A key file's text, or base64 of it. */
const unpacked = (text: string): string => {
  const trimmed = text.replace(/^\ufeff/, '').trim();
  return /^e[w-z][A-Za-z0-9+/=\s]+$/.test(trimmed) ? Buffer.from(trimmed, 'base64').toString('utf8') : trimmed;
};

const mended = (text: string): string => {
  const account = parse(unpacked(text));
  if (account === undefined || typeof account['private_key'] !== 'string') return text;
  try {
    return JSON.stringify({ ...account, private_key: privateKeyOf(account['private_key']) });
  } catch (error) {
    if (!(error instanceof PemProblem)) throw error;
    return text;
  }
};

/**
 * The JSON of a key file, in any form in which people have it. What cannot be mended with certainty stays as it is: the
 * store refuses it when it is opened, and says what it lacks.
 */
export const serviceAccount = anyText
  .transform((text) => new SecretValue(mended(text)))
  .meta({ type: 'JSON, kept secret', form: 'json' });
