import { base64Text, type Parsed } from './parsed.js';

const ASSIGNMENT = /^\s*(?:export\s+)?([^=\s]*)\s*=\s*/;

/** The end of a quoted value that begins after `start`; -1 where the quote is not closed. */
const closing = (text: string, quote: string, start: number): number => {
  for (let at = start; at < text.length; at += 1) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
};

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const unescape = (text: string): string =>
  text.replace(/\\([\s\S])/g, (_, character: string) => ESCAPES[character] ?? character);

/**
 * Reads `.env` files as their common readers do: `export` and spaces around `=`, comments, single quotes as they are, double
 * quotes with `\n`, `\t`, `\r` and `\"`, and quoted values over several lines.
 */
export const parseEnv = (text: string): Parsed => {
  const parsed: Parsed = { secrets: [], problems: [] };
  let at = 0;
  let line = 1;
  const advance = (end: number): void => {
    line += text.slice(at, end).split('\n').length - 1;
    at = end;
  };
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline === -1 ? text.length : newline;
    const content = text.slice(at, lineEnd).replace(/\r$/, '');
    const next = Math.min(text.length, lineEnd + 1);
    if (/^\s*(?:#|$)/.test(content)) {
      advance(next);
      continue;
    }
    const [prefix, key] = ASSIGNMENT.exec(content) ?? [];
    if (prefix === undefined || key === undefined || key === '') {
      parsed.problems.push({ line, reason: prefix === undefined ? 'no-equals' : 'no-key' });
      advance(next);
      continue;
    }
    const start = at + prefix.length;
    const quote = text[start];
    if (start < lineEnd && (quote === '"' || quote === "'" || quote === '`')) {
      const end = closing(text, quote, start + 1);
      if (end === -1) {
        parsed.problems.push({ line, reason: 'open-quote' });
        advance(next);
        continue;
      }
      const inner = text.slice(start + 1, end).replaceAll('\r\n', '\n');
      parsed.secrets.push({ key, value: quote === '"' ? unescape(inner) : inner });
      const after = text.indexOf('\n', end);
      advance(after === -1 ? text.length : after + 1);
      continue;
    }
    parsed.secrets.push({
      key,
      value: content
        .slice(prefix.length)
        .replace(/\s+#.*$/, '')
        .trim(),
    });
    advance(next);
  }
  return parsed;
};

const SECRET_VARIABLE = /^SECRET_(.+)$/;

/** Kestra's open source reads secrets from variables: `SECRET_NAME`, its value in base64. Other variables are passed over. */
export const parseKestraVariables = (text: string): Parsed => {
  const { secrets, problems } = parseEnv(text);
  const parsed: Parsed = { secrets: [], problems };
  for (const { key, value } of secrets) {
    const [, name] = SECRET_VARIABLE.exec(key) ?? [];
    if (name === undefined) continue;
    const decoded = base64Text(value);
    if (decoded !== undefined) parsed.secrets.push({ key: name, value: decoded });
    else parsed.problems.push({ line: lineOf(text, key), reason: 'not-base64' });
  }
  return parsed;
};

const lineOf = (text: string, key: string): number =>
  text.split('\n').findIndex((line) => ASSIGNMENT.exec(line)?.[1] === key) + 1;
