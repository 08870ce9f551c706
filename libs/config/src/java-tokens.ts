/** A token of Java's `StreamTokenizer`: a word or a quoted text, a number, the end, or a character that stands alone. */
export interface JavaToken {
  readonly kind: 'text' | 'number' | 'end' | 'character';
  /** The text without its quotes and escapes, or the character itself. */
  readonly text?: string;
}

type Kind = 'digit' | 'word' | 'quote' | 'slash' | 'ordinary';

/** Answers the kind of a character as a tokenizer of Java has it by default, and after `wordChars` of `-`, `_` and `$`, as JAAS configuration is read. A `-` counts as a digit first. */
const kindOf = (character: string): Kind => {
  if (/[0-9.-]/.test(character)) return 'digit';
  if (/[A-Za-z_$]/.test(character) || character >= '\u00a0') return 'word';
  if (character === '"' || character === "'") return 'quote';
  return character === '/' ? 'slash' : 'ordinary';
};

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * Reads tokens as `java.io.StreamTokenizer` does for JAAS configuration: words, texts in either quote with escapes,
 * numbers, single characters; `//`, `/*` and a lone `/` begin comments. Java's class documents each rule.
 */
export class JavaTokens {
  #at = 0;

  constructor(private readonly input: string) {}

  next(): JavaToken {
    for (;;) {
      this.#skip(/[\u0000-\u0020]/);
      const first = this.#peek();
      if (first === '') return { kind: 'end' };
      switch (kindOf(first)) {
        case 'digit':
          return this.#number();
        case 'word':
          return { kind: 'text', text: this.#skip(/[\w$.\-\u00a0-\uffff]/) };
        case 'quote':
          return { kind: 'text', text: this.#quoted(first) };
        case 'slash':
          this.#comment();
          continue;
        default:
          this.#at += 1;
          return { kind: 'character', text: first };
      }
    }
  }

  #peek(ahead = 0): string {
    return this.input.charAt(this.#at + ahead);
  }

  #skip(characters: RegExp): string {
    const from = this.#at;
    while (characters.test(this.#peek())) this.#at += 1;
    return this.input.slice(from, this.#at);
  }

  #number(): JavaToken {
    if (this.#peek() === '-') {
      this.#at += 1;
      if (!/[0-9.]/.test(this.#peek())) return { kind: 'character', text: '-' };
    }
    this.#skip(/[0-9]/);
    if (this.#peek() === '.') {
      this.#at += 1;
      this.#skip(/[0-9]/);
    }
    return { kind: 'number' };
  }

  /** Up to the same quote, or the end of the line, which is not part of it. */
  #quoted(quote: string): string {
    let text = '';
    this.#at += 1;
    while (/[^\n\r]/.test(this.#peek())) {
      const character = this.#peek();
      this.#at += 1;
      if (character === quote) break;
      text += character === '\\' ? this.#escaped() : character;
    }
    return text;
  }

  #escaped(): string {
    const [octal] = /^(?:[0-3][0-7]{0,2}|[4-7][0-7]?)/.exec(this.input.slice(this.#at, this.#at + 3)) ?? [];
    if (octal !== undefined) {
      this.#at += octal.length;
      return String.fromCharCode(parseInt(octal, 8));
    }
    const character = this.#peek();
    this.#at += 1;
    // At the end of the input Java keeps the character that stands for the end.
    return character === '' ? '\uffff' : (ESCAPES[character] ?? character);
  }

  /** The end of the input may cut one off. */
  #comment(): void {
    if (this.#peek(1) !== '*') {
      this.#skip(/[^\n\r]/);
      return;
    }
    const end = this.input.indexOf('*/', this.#at + 2);
    this.#at = end < 0 ? this.input.length : end + 2;
  }
}
