import { CofferError, parseNamespace } from '@coffer/secrets';
import { Refusal } from './text-form/single-line.js';

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

/** Why different claims could come to the same namespace; `undefined` where they cannot. */
const ambiguityOf = (parts: readonly TemplatePart[]): Refusal | undefined => {
  let dotted = true;
  let open = false;
  for (const part of parts) {
    if (typeof part === 'string') {
      dotted ||= part.includes('.');
      continue;
    }
    if (open) {
      return new Refusal(
        'must have a claim with | path or | slashPath as its last one: where such a claim ends cannot be told from what follows it',
      );
    }
    if (!dotted) {
      return new Refusal(
        'must have a dot between two claims, as in {{claims.a}}.{{claims.b}}: with a hyphen, pay-ments and prod would be the same as pay and ments-prod',
      );
    }
    dotted = false;
    open = part.filter !== 'segment';
  }
  return undefined;
};

/**
 * A refusal where different claims could come to the same namespace; `undefined` for a text that is no namespace, even
 * with a plain segment in the place of each claim.
 */
export const parseNamespaceTemplate = (text: string): NamespaceTemplate | Refusal | undefined => {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  try {
    parseNamespace(parts.map((part) => (typeof part === 'string' ? part : 'x')).join(''));
  } catch (error) {
    if (CofferError.is(error, 'invalid')) return undefined;
    throw error;
  }
  return ambiguityOf(parts) ?? { text, parts };
};
