import { byteLength } from './value-shape.js';
import type { StoreLimits, Tag } from '../api/types.js';

/** What a store does not take of a secret: what it is about, how large that is, and how large it may be. */
export interface LimitBreach {
  name: 'value' | 'description' | 'tagCount' | 'tagName' | 'tagValue';
  size: number;
  max: number;
}

const codePoints = (text: string): number => [...text].length;

/** What of a secret is larger than its store takes. The gateway refuses it in any case; this says so while one types. */
export const breachesOf = (
  secret: { value?: string; description: string; tags: readonly Tag[] },
  limits: StoreLimits,
): LimitBreach[] => {
  const { value = '', description, tags } = secret;
  const longest = (part: keyof Tag): number => Math.max(0, ...tags.map((tag) => codePoints(tag[part])));
  const sizes: readonly LimitBreach[] = [
    { name: 'value', size: byteLength(value), max: limits.valueBytes },
    { name: 'description', size: byteLength(description), max: limits.descriptionBytes },
    { name: 'tagCount', size: tags.length, max: limits.tags.count },
    { name: 'tagName', size: longest('key'), max: limits.tags.keyLength },
    { name: 'tagValue', size: longest('value'), max: limits.tags.valueLength },
  ];
  return sizes.filter(({ size, max }) => size > max);
};
