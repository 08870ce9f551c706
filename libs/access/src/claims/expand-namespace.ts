import { CofferError, parseNamespace } from '@coffer/secrets';
import type { GrantTemplate } from '../credentials.js';
import { claimTexts, type Claims } from './claim-value.js';

type Part = GrantTemplate['namespace']['parts'][number];
type Filter = Exclude<Part, string>['filter'];

/** The values that matched, of each claim that a condition names. */
export type MatchedValues = ReadonlyMap<string, readonly string[]>;

const NO_CONDITION: MatchedValues = new Map();

/** Grants that one template may come to: a caller may be in many groups. */
const MAX_NAMESPACES = 100;

const SEGMENT = /^[a-z0-9_-]+$/;

const SEPARATORS: Readonly<Record<Filter, string | undefined>> = { segment: undefined, path: '.', slashPath: '/' };

/** What a claim's value stands for in a namespace; `undefined` for one that is not of plain segments alone. */
const segmentsOf = (value: string, filter: Filter): string | undefined => {
  const separator = SEPARATORS[filter];
  const segments = separator === undefined ? [value] : value.split(separator);
  return segments.every((segment) => SEGMENT.test(segment)) ? segments.join('.') : undefined;
};

const textsOf = (part: Part, claims: Claims, matched: MatchedValues): readonly string[] => {
  if (typeof part === 'string') return [part];
  const { claim, filter } = part;
  return [...new Set(matched.get(claim) ?? claimTexts(claims, claim))].flatMap(
    (value) => segmentsOf(value, filter) ?? [],
  );
};

const isNamespace = (text: string): boolean => {
  try {
    return parseNamespace(text) === text;
  } catch (error) {
    if (CofferError.is(error, 'invalid')) return false;
    throw error;
  }
};

/**
 * The namespaces that a template stands for: one for each value of a claim that is a list. None where a claim is absent,
 * empty or anything but plain segments, so that nothing that a caller can have said of it widens a grant, and none at
 * all where there would be more than a hundred. Of a claim in `matched` those values alone count.
 */
export const expandNamespace = (
  { text, parts }: GrantTemplate['namespace'],
  claims: Claims,
  matched = NO_CONDITION,
): readonly string[] => {
  if (text === '*') return [text];
  let namespaces: readonly string[] = [''];
  for (const part of parts) {
    const texts = textsOf(part, claims, matched);
    if (namespaces.length * texts.length > MAX_NAMESPACES) return [];
    namespaces = namespaces.flatMap((before) => texts.map((each) => before + each));
  }
  return namespaces.filter(isNamespace);
};
