import { CofferError, parseNamespace } from '@coffer/secrets';

/**
 * How a claim's value becomes part of a namespace. `segment`: one segment without dots. `path`: segments with dots
 * between them. `slashPath`: segments with slashes between them, which become dots.
 */
export const CLAIM_FILTERS = ['segment', 'path', 'slashPath'] as const;
export type ClaimFilter = (typeof CLAIM_FILTERS)[number];

export type TemplatePart = string | { readonly claim: string; readonly filter: ClaimFilter };

/** A namespace of which parts are taken from claims. */
export interface NamespaceTemplate {
  readonly text: string;
  readonly parts: readonly TemplatePart[];
}

const PLACEHOLDER = /\{\{\s*claims\.([^\s{}|]{1,128})\s*(?:\|\s*([A-Za-z]+)\s*)?\}\}/g;

const filterOf = (name: string | undefined): ClaimFilter | undefined =>
  name === undefined ? 'segment' : CLAIM_FILTERS.find((filter) => filter === name);

const partsOf = (text: string): readonly TemplatePart[] | undefined => {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const filter = filterOf(match[2]);
    if (filter === undefined) return undefined;
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({ claim: match[1] as string, filter });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
};

/** `undefined` for a text that is no namespace, even with a plain segment in the place of each claim. */
export const parseNamespaceTemplate = (text: string): NamespaceTemplate | undefined => {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  try {
    parseNamespace(parts.map((part) => (typeof part === 'string' ? part : 'x')).join(''));
  } catch (error) {
    if (CofferError.is(error, 'invalid')) return undefined;
    throw error;
  }
  return { text, parts };
};
