import { badParameter } from './failure.ts';

/** "1-127 characters, containing only 0-9, a-z, A-Z and -": https://learn.microsoft.com/en-us/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers */
const NAME = /^[0-9A-Za-z-]{1,127}$/;

/** "25k bytes": https://learn.microsoft.com/en-us/azure/key-vault/secrets/about-secrets */
export const VALUE_BYTES = 25 * 1024;

/** "up to 15 tags, each with a 256 character name and a 256 character value": the same page, "Secret tags". */
const TAGS = 15;
const TAG_LENGTH = 256;

/** "Maximum number of results to return in a page. If not specified, the service will return up to 25 results.": https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/get-secrets/get-secrets?view=rest-keyvault-secrets-7.4 */
export const PAGE = 25;

export function assertName(name: string) {
  if (!NAME.test(name)) throw badParameter('The request URI contains an invalid name');
}

export function valueOf(value: unknown): string {
  if (typeof value !== 'string') throw badParameter('Property value is required');
  if (Buffer.byteLength(value, 'utf8') > VALUE_BYTES) {
    throw badParameter(`Property value has an invalid value: its size exceeds ${VALUE_BYTES} bytes`);
  }
  return value;
}

/** Lengths in UTF-16 units, which are a .NET service's characters. */
export function tagsOf(tags: unknown): Record<string, string> {
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) throw badParameter('Property tags is invalid');
  const entries = Object.entries(tags);
  if (entries.length > TAGS) throw badParameter(`Too many tags specified, the limit is ${TAGS}`);
  for (const [name, value] of entries) {
    if (typeof value !== 'string') throw badParameter('A tag value must be a string');
    if (name === '' || name.length > TAG_LENGTH || value.length > TAG_LENGTH) {
      throw badParameter(`Tag names and values may have at most ${TAG_LENGTH} characters`);
    }
  }
  return Object.fromEntries(entries);
}

export function pageSizeOf(text: string | null): number {
  if (text === null) return PAGE;
  const size = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (size < 1 || size > PAGE) throw badParameter(`maxresults must be from 1 to ${PAGE}`);
  return size;
}
