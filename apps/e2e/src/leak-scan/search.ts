import { formsOf, type Form } from './forms.js';

/** What is looked for: a name to report it by, and the text, which is never reported. */
export interface Word {
  readonly name: string;
  readonly text: string;
}

export interface Hit {
  readonly word: string;
  readonly form: string;
  readonly place: string;
}

interface Sought {
  readonly word: string;
  readonly form: Form;
}

/** Looks for words in every form, through bytes that arrive in pieces. */
export class Search {
  readonly #sought: readonly Sought[];
  readonly #longest: number;
  /** Bytes looked through so far. */
  bytes = 0;

  constructor(words: readonly Word[]) {
    this.#sought = words.flatMap(({ name, text }) => formsOf(text).map((form) => ({ word: name, form })));
    this.#longest = Math.max(0, ...this.#sought.map(({ form }) => form.bytes.length));
  }

  /** Every word and form that the place has, once each. */
  in(place: string, pieces: Iterable<Uint8Array>): Hit[] {
    const hits = new Map<Sought, Hit>();
    let kept: Buffer = Buffer.alloc(0);
    for (const piece of pieces) {
      this.bytes += piece.length;
      // What lies across two pieces is found by the end of the one before.
      const all = Buffer.concat([kept, piece]);
      for (const sought of this.#sought) {
        if (hits.has(sought) || !all.includes(sought.form.bytes)) continue;
        hits.set(sought, { word: sought.word, form: sought.form.name, place });
      }
      kept = all.subarray(Math.max(0, all.length - this.#longest));
    }
    return [...hits.values()];
  }

  inText(place: string, text: string): Hit[] {
    return this.in(place, [Buffer.from(text, 'utf8')]);
  }
}
