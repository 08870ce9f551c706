import { isDeepStrictEqual } from 'node:util';
import { CofferError } from '@coffer/secrets';
import {
  LineCounter,
  parseAllDocuments,
  parseDocument,
  YAMLMap,
  YAMLSeq,
  isNode,
  visit,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import { parseYaml, YAML_OPTIONS } from '../yaml-text.js';
import { withKeptLines } from './kept-lines.js';
import { layoutOf } from './layout.js';
import {
  addTo,
  fieldOf,
  isAlias,
  isEmptyNode,
  isMap,
  isSeq,
  nodeOf,
  pairOf,
  pairsAt,
  type EntryValue,
} from './yaml-nodes.js';

export type Entry = Readonly<Record<string, EntryValue>>;

/** A list of `coffer.access` and the name by which its entries are known. */
export interface AccessList {
  readonly list: 'tokens' | 'users' | 'roles' | 'breakGlass';
  readonly name: 'id' | 'username';
}

const ROOT = ['coffer', 'access'];
const BYTE_ORDER_MARK = '\uFEFF';

const refuse = (what: string): CofferError =>
  new CofferError('configuration', `the configuration file ${what}; change it by hand`);

/** An alias elsewhere would get another value, or none. */
const refuseAnchors = (node: unknown): void => {
  if (!isNode(node)) return;
  visit(node, (_key, each) => {
    if (isNode(each) && 'anchor' in each && each.anchor !== undefined) {
      throw refuse('has an anchor in what is to be changed, which aliases may stand for');
    }
  });
};

const withCommentsOf = (before: unknown, node: Node): Node => {
  if (!isNode(before)) return node;
  const { comment, commentBefore, spaceBefore } = before;
  return Object.assign(node, { comment, commentBefore, spaceBefore });
};

/**
 * The text of a configuration file in which entries of `coffer.access` can be put, changed and removed. Comments, order,
 * quotes and whatever else is in it stay, spacing among it where that is possible. Every method throws
 * `configuration` for what it cannot change without changing something else.
 */
export class AccessDocument {
  readonly #documents: readonly Document.Parsed[];
  readonly #lines = new LineCounter();
  /** Stands in front of the text, in no column of it. */
  readonly #mark: string;
  private readonly text: string;

  /** Throws `configuration`, naming `source`, for what is no YAML. */
  constructor(
    whole: string,
    private readonly source: string,
  ) {
    this.#mark = whole.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
    const text = whole.slice(this.#mark.length);
    this.text = text;
    parseYaml(text, source);
    const options = { ...YAML_OPTIONS, customTags: [...YAML_OPTIONS.customTags], lineCounter: this.#lines };
    const parsed = parseAllDocuments(text, options);
    this.#documents = parsed.length === 0 ? [parseDocument(text, options)] : parsed;
  }

  /** Appends the entry, or gives the one of that name these fields and keeps its others. */
  put({ list, name }: AccessList, entry: Entry): void {
    this.#put(this.#listAt([...ROOT, list]), name, entry);
  }

  /** As `put`, in a list that an entry has. False where there is no such entry. */
  putWithin({ list, name }: AccessList, id: string, inner: string, entry: Entry): boolean {
    const owner = this.#entryOf(list, name, id);
    if (owner === undefined) return false;
    const pair = pairOf(owner, inner) ?? addTo(owner, inner, new YAMLSeq());
    this.#put(this.#sequenceOf(pair), 'id', entry);
    return true;
  }

  /** Whether there was such an entry. */
  remove({ list, name }: AccessList, id: string): boolean {
    return this.#remove(this.#sequences([...ROOT, list]), name, id);
  }

  removeWithin({ list, name }: AccessList, id: string, inner: string, innerId: string): boolean {
    const owner = this.#entryOf(list, name, id);
    const pair = owner && pairOf(owner, inner);
    return pair !== undefined && isSeq(pair.value) && this.#remove([pair.value], 'id', innerId);
  }

  /** The names of all entries. */
  names({ list, name }: AccessList): readonly string[] {
    return this.#sequences([...ROOT, list]).flatMap(({ items }) => items.flatMap((item) => fieldOf(item, name) ?? []));
  }

  toString(): string {
    const parts = this.#documents.map((document, at) => {
      const part = document.toString(layoutOf(document, this.text, this.#lines));
      return at === 0 || /^(---|%)/.test(part) ? part : `---\n${part}`;
    });
    const joined = parts.join('');
    const written = this.#documents.map((document) => (document.toJS() as unknown) ?? {});
    if (!this.#says(joined, written)) throw refuse('is written in a way that would not stay the same');
    const before = this.text.replaceAll('\r\n', '\n');
    const kept = withKeptLines(before, joined);
    const made = kept !== undefined && this.#says(kept, written) ? kept : joined;
    return this.#mark + (this.text.includes('\r\n') ? made.replaceAll('\n', '\r\n') : made);
  }

  #says(text: string, written: unknown): boolean {
    try {
      return isDeepStrictEqual(parseYaml(text, this.source), written);
    } catch (error) {
      if (CofferError.is(error, 'configuration')) return false;
      throw error;
    }
  }

  #put(sequence: YAMLSeq, name: string, entry: Entry): void {
    const existing = sequence.items.find((item) => fieldOf(item, name) === entry[name]);
    if (!isMap(existing)) {
      sequence.add(nodeOf(entry));
      return;
    }
    for (const [field, value] of Object.entries(entry)) {
      const pair = pairOf(existing, field);
      if (pair === undefined) addTo(existing, field, nodeOf(value));
      else if (field !== name) {
        refuseAnchors(pair.value);
        pair.value = withCommentsOf(pair.value, nodeOf(value));
      }
    }
  }

  #remove(sequences: readonly YAMLSeq[], name: string, id: string): boolean {
    let removed = false;
    for (const sequence of sequences) {
      for (let at = sequence.items.length - 1; at >= 0; at -= 1) {
        if (fieldOf(sequence.items[at], name) !== id) continue;
        refuseAnchors(sequence.items[at]);
        sequence.delete(at);
        removed = true;
      }
    }
    return removed;
  }

  #entryOf(list: string, name: string, id: string): YAMLMap | undefined {
    const items = this.#sequences([...ROOT, list]).flatMap((sequence) => sequence.items);
    const found = items.find((item) => fieldOf(item, name) === id);
    return isMap(found) ? found : undefined;
  }

  #sequences(path: readonly string[]): readonly YAMLSeq[] {
    return this.#documents.flatMap(({ contents }) =>
      pairsAt(contents, path).flatMap(({ value }) => (isSeq(value) ? [value] : [])),
    );
  }

  /** The list that counts, which is that of the last document that has it; made where there is none. */
  #listAt(path: readonly string[]): YAMLSeq {
    for (const { contents } of [...this.#documents].reverse()) {
      const [pair] = pairsAt(contents, path);
      if (pair !== undefined) return this.#sequenceOf(pair);
    }
    const rest: string[] = [];
    for (let depth = path.length - 1; depth > 0; depth -= 1) {
      rest.unshift(path[depth] as string);
      for (const { contents } of [...this.#documents].reverse()) {
        const [pair] = pairsAt(contents, path.slice(0, depth));
        if (pair !== undefined) return this.#makeIn(this.#mapOf(pair), rest);
      }
    }
    return this.#makeIn(this.#top(), [...path]);
  }

  #makeIn(map: YAMLMap, path: readonly string[]): YAMLSeq {
    const [name, ...rest] = path;
    const made = rest.length === 0 ? new YAMLSeq() : new YAMLMap();
    addTo(map, name as string, made);
    return made instanceof YAMLSeq ? made : this.#makeIn(made, rest);
  }

  #sequenceOf(pair: Pair): YAMLSeq {
    if (isEmptyNode(pair.value)) pair.value = new YAMLSeq();
    if (isSeq(pair.value)) {
      // An empty list is written on one line; entries are not, unless all around them is.
      if (pair.value.items.length === 0) pair.value.flow = false;
      return pair.value;
    }
    throw refuse(
      isAlias(pair.value) ? 'has an alias in the place of a list' : 'has something else in the place of a list',
    );
  }

  #mapOf(pair: Pair): YAMLMap {
    if (isEmptyNode(pair.value)) pair.value = new YAMLMap();
    if (isMap(pair.value)) return pair.value;
    throw refuse(
      isAlias(pair.value) ? 'has an alias in the place of a group' : 'has something else in the place of a group',
    );
  }

  /** The map at the top of the last document, whose settings win. Makes an empty one where there is none. */
  #top(): YAMLMap {
    const document = this.#documents.at(-1) as Document.Parsed;
    if (isEmptyNode(document.contents)) {
      document.contents = new YAMLMap() as unknown as Document.Parsed['contents'];
    }
    if (isMap(document.contents)) return document.contents;
    throw refuse('must be a map of settings at its top level');
  }
}
