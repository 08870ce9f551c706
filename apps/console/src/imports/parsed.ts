/** Where a secret of an import was read from, and what it says. */
export interface ParsedSecret {
  key: string;
  value: string;
  description?: string;
}

export type ParseReason =
  | 'no-equals'
  | 'no-key'
  | 'open-quote'
  | 'not-json'
  | 'not-yaml'
  | 'not-object'
  | 'not-base64'
  | 'no-columns'
  | 'twice';

/** A place that could not be read. It says where and why, never what stands there. */
export interface ParseProblem {
  line: number;
  reason: ParseReason;
}

export interface Parsed {
  secrets: ParsedSecret[];
  problems: ParseProblem[];
}

export const base64Text = (text: string): string | undefined => {
  const compact = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 === 1) return undefined;
  try {
    const bytes = Uint8Array.from(atob(compact), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** Values that are no text are kept as JSON, which subkeys are read from. */
export const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
