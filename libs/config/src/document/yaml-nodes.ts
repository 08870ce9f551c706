import { isAlias, isMap, isScalar, isSeq, Pair, parse, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import { canonicalKey } from '../key-case.js';

/** What an entry of a list is made of. */
export type EntryValue = string | number | readonly EntryValue[] | { readonly [name: string]: EntryValue };

const keyText = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : '');

/** Quoted where another reader of the file would take it for something else than a text. */
const scalarOf = (text: string): Scalar => {
  const scalar = new Scalar(text);
  let plain: unknown;
  try {
    plain = parse(text);
  } catch {
    plain = undefined;
  }
  if (plain !== text) scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
};

/** A node of a new value; lists of texts are written on one line. */
export const nodeOf = (value: EntryValue): Node => {
  if (typeof value === 'string') return scalarOf(value);
  if (typeof value === 'number') return new Scalar(String(value));
  if (Array.isArray(value)) {
    const sequence = new YAMLSeq();
    sequence.flow = value.every((item) => typeof item === 'string');
    for (const item of value as readonly EntryValue[]) sequence.add(nodeOf(item));
    return sequence;
  }
  const map = new YAMLMap();
  for (const [name, inner] of Object.entries(value)) map.add({ key: new Scalar(name), value: nodeOf(inner) });
  return map;
};

/** The pair of that name in whatever spelling, of a map's own pairs. */
export const pairOf = (map: YAMLMap, name: string): Pair | undefined =>
  map.items.find((pair) => canonicalKey(keyText(pair)) === canonicalKey(name));

/** The text of a field of an entry. */
export const fieldOf = (entry: unknown, name: string): string | undefined => {
  const value = isMap(entry) ? pairOf(entry, name)?.value : undefined;
  return isScalar(value) ? String(value.value) : undefined;
};

/** Appends a pair to a map. */
export const addTo = (map: YAMLMap, name: string, value: Node): Pair => {
  const pair = new Pair<unknown, unknown>(new Scalar(name), value);
  map.items.push(pair);
  return pair;
};

/** Pairs at a path of names, which may be written in any spelling, nested or with dots. */
export const pairsAt = (node: unknown, path: readonly string[]): readonly Pair[] => {
  if (!isMap(node)) return [];
  return node.items.flatMap((pair) => {
    const names = keyText(pair).split('.').map(canonicalKey);
    if (names.some((name, at) => path[at] === undefined || name !== canonicalKey(path[at]))) return [];
    const rest = path.slice(names.length);
    return rest.length === 0 ? [pair] : pairsAt(pair.value, rest);
  });
};

/** Whether nothing is written there: no value at all, or `null`. */
export const isEmptyNode = (node: unknown): boolean => node === null || (isScalar(node) && node.value === null);

export { isAlias, isMap, isSeq };
