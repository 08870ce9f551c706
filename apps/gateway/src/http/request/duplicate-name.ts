import { closingQuote } from '@coffer/secrets';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;

/** As the text says it, escapes read. */
const nameBetween = (json: string, opening: number, closing: number): string => {
  const written = json.slice(opening + 1, closing);
  return written.includes('\\') ? (JSON.parse(`"${written}"`) as string) : written;
};

/**
 * The first name that one object of a JSON text has twice, of which `JSON.parse` keeps the last without a word. The text must
 * be valid JSON. Looks at each character once, whatever the depth.
 */
export const duplicateName = (json: string): string | undefined => {
  /** The names of the objects around this place; of an array, `undefined`. */
  const around: (Set<string> | undefined)[] = [];
  let names: Set<string> | undefined;
  let namesNext = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      const closing = closingQuote(json, at);
      if (namesNext && names !== undefined) {
        const name = nameBetween(json, at, closing);
        if (names.has(name)) return name;
        names.add(name);
        namesNext = false;
      }
      at = closing;
    } else if (code === COMMA) {
      namesNext = names !== undefined;
    } else if (code === OBJECT || code === ARRAY) {
      around.push(names);
      names = code === OBJECT ? new Set() : undefined;
      namesNext = code === OBJECT;
    } else if (code === OBJECT_END || code === ARRAY_END) {
      names = around.pop();
    }
  }
  return undefined;
};
