const QUOTE = '"';
const BACKSLASH = 0x5c;
/** What may stand between a name and its colon. */
const COLON = /[ \t\r\n]*:/y;

type Reviver = (name: string, value: unknown, context?: { readonly source?: string }) => unknown;

/** The index of the closing quote of the string whose opening quote is at `opening`. `json` must be valid. */
export const closingQuote = (json: string, opening: number): number => {
  for (let quote = json.indexOf(QUOTE, opening + 1); ; quote = json.indexOf(QUOTE, quote + 1)) {
    let before = quote - 1;
    while (json.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((quote - before) % 2 === 1) return quote;
  }
};

const isName = (json: string, closing: number): boolean => {
  COLON.lastIndex = closing + 1;
  return COLON.test(json);
};

interface RenamedJson {
  readonly json: string;
  /** What the new names stand for. */
  readonly names: ReadonlyMap<string, string>;
}

/** The same text with names without an escape in place of those with one; `undefined` where there are none. */
const renamed = (json: string): RenamedJson | undefined => {
  let prefix = 'name';
  const names = new Map<string, string>();
  const kept: string[] = [];
  let from = 0;
  for (let opening = json.indexOf(QUOTE), closing; opening !== -1; opening = json.indexOf(QUOTE, closing + 1)) {
    closing = closingQuote(json, opening);
    const written = json.slice(opening, closing + 1);
    if (!written.includes('\\') || !isName(json, closing)) continue;
    if (names.size === 0) while (json.includes(prefix)) prefix += '_';
    const name = `${prefix}${names.size}`;
    names.set(name, JSON.parse(written) as string);
    kept.push(json.slice(from, opening), `"${name}"`);
    from = closing + 1;
  }
  return names.size === 0 ? undefined : { json: kept.join('') + json.slice(from), names };
};

/** Gives the objects in a value the names that stand in its text. Changes the value. */
const restore = (value: unknown, names: RenamedJson['names']): void => {
  const left = [value];
  while (left.length > 0) {
    const object = left.pop();
    if (typeof object !== 'object' || object === null || Object.isFrozen(object)) continue;
    // One by one: a list may have more members than a call takes arguments.
    for (const member of Object.values(object)) left.push(member);
    if (Array.isArray(object)) continue;
    const members = Object.entries(object);
    if (!members.some(([name]) => names.has(name))) continue;
    for (const [name] of members) Reflect.deleteProperty(object, name);
    for (const [name, member] of members) {
      Object.defineProperty(object, names.get(name) ?? name, {
        ...{ value: member, writable: true, enumerable: true, configurable: true },
      });
    }
  }
};

/**
 * `JSON.parse` for texts whose objects have names that anybody may choose. V8's own takes an escaped name for another one,
 * such as `"` for `\`, where the process has read an object with that other name before
 * (https://github.com/nodejs/node/issues/63785). Names with an escape cost a second reading; the reviver gets others in their place.
 * Throws `SyntaxError`, which quotes the text.
 */
export const readJson = (text: string, reviver?: Reviver): unknown => {
  const parsed: unknown = JSON.parse(text, reviver);
  const safe = text.includes('\\') ? renamed(text) : undefined;
  if (safe === undefined) return parsed;
  const read: unknown = JSON.parse(safe.json, reviver);
  restore(read, safe.names);
  return read;
};
