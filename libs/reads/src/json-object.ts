import { closingQuote } from '@coffer/secrets';

const QUOTE = 0x22;
const OPENING: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const CLOSING: ReadonlySet<number> = new Set([0x7d, 0x5d]);
const SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;

const skipSpace = (text: string, at: number): number => {
  let end = at;
  while (SPACE.has(text.charCodeAt(end))) end += 1;
  return end;
};

/** Behind the closing quote of the string that begins at `at`. */
const stringEnd = (text: string, at: number): number => closingQuote(text, at) + 1;

const compositeEnd = (text: string, at: number): number => {
  let depth = 0;
  for (let end = at; ;) {
    const code = text.charCodeAt(end);
    if (code === QUOTE) {
      end = stringEnd(text, end);
      continue;
    }
    end += 1;
    if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code) && --depth === 0) return end;
  }
};

/** Behind the value that begins at `at`. */
const valueEnd = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  if (code === QUOTE) return stringEnd(text, at);
  if (OPENING.has(code)) return compositeEnd(text, at);
  let end = at;
  for (let next = code; next !== COMMA && next !== CLOSING_BRACE && !SPACE.has(next); next = text.charCodeAt(end))
    end += 1;
  return end;
};

const withoutSpace = (json: string): string => {
  const kept: string[] = [];
  let from = 0;
  for (let at = 0; at < json.length;) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(json, at);
    else if (SPACE.has(code)) {
      kept.push(json.slice(from, at));
      from = at = skipSpace(json, at);
    } else at += 1;
  }
  return kept.join('') + json.slice(from);
};

/**
 * The texts of the named fields of a JSON object as they are written, without space around and between; of a field that
 * is there twice, the last. `text` must be valid JSON and an object.
 */
export const rawFields = (text: string, names: ReadonlySet<string>): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const nameEnd = stringEnd(text, at);
    const written = text.slice(at, nameEnd);
    const name = written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
    const start = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = valueEnd(text, start);
    if (names.has(name)) found.set(name, text.slice(start, end));
    at = skipSpace(text, skipSpace(text, end) + 1);
  }
  return new Map(Array.from(found, ([name, raw]) => [name, withoutSpace(raw)]));
};
