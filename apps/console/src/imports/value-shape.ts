import { readJson } from '@coffer/secrets/read-json';

/** Size of a text in UTF-8. */
export const byteLength = (text: string): number => new TextEncoder().encode(text).length;

export const lineCount = (text: string): number => text.split('\n').length;

export interface ValueField {
  name: string;
  /** As the resolve API gives the subkey: text as it is, anything else as JSON. */
  text: string;
}

/** The subkeys of a value that is a JSON object with at least one. */
export const fieldsOf = (value: string): ValueField[] | undefined => {
  const trimmed = value.trimStart();
  if (!trimmed.startsWith('{')) return undefined;
  try {
    const parsed = readJson(value);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    const fields = Object.entries(parsed).map(([name, field]: [string, unknown]) => ({
      name,
      text: typeof field === 'string' ? field : JSON.stringify(field),
    }));
    return fields.length === 0 ? undefined : fields;
  } catch {
    return undefined;
  }
};

/** Where a text stops being JSON; both count from 1. */
export interface TextPlace {
  line: number;
  column: number;
}

/** Where a parser's error says that it is; browsers word it differently, and some say nothing of it. */
const placeOf = (error: unknown, text: string): TextPlace | undefined => {
  const { message } = error as SyntaxError;
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  if (line !== undefined && column !== undefined) return { line: Number(line), column: Number(column) };
  const at = message.includes('end of JSON input') ? text.length : /position (\d+)/.exec(message)?.[1];
  if (at === undefined) return undefined;
  const before = text.slice(0, Number(at)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
};

export type ValueShape =
  { kind: 'text' } | { kind: 'json'; names: string[] } | { kind: 'broken'; place: TextPlace | undefined };

/** What a text is, for the hint below an editor. `broken`: it begins like JSON and is none. */
export const shapeOf = (value: string): ValueShape => {
  if (!/^\s*[{[]/.test(value)) return { kind: 'text' };
  const fields = fieldsOf(value);
  if (fields !== undefined) return { kind: 'json', names: fields.map(({ name }) => name) };
  try {
    JSON.parse(value);
    return { kind: 'text' };
  } catch (error) {
    return { kind: 'broken', place: placeOf(error, value) };
  }
};
