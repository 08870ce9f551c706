import { notationsOf, type Notation } from './notations.js';

/** What is looked for: a name to report it by, and the text, which is never reported. */
export interface Marker {
  readonly name: string;
  readonly text: string;
}

export interface Leak {
  readonly marker: string;
  readonly notation: string;
  readonly place: string;
}

interface SearchedNotation {
  readonly marker: string;
  readonly notation: Notation;
}

/** Looks for markers in every notation, through bytes that arrive in pieces. */
export class LeakScanner {
  readonly #searched: readonly SearchedNotation[];
  readonly #longest: number;
  /** Bytes looked through so far. */
  bytes = 0;

  constructor(markers: readonly Marker[]) {
    this.#searched = markers.flatMap(({ name, text }) =>
      notationsOf(text).map((notation) => ({ marker: name, notation })),
    );
    this.#longest = Math.max(0, ...this.#searched.map(({ notation }) => notation.bytes.length));
  }

  /** Every marker and notation that the place has, once each. */
  scan(place: string, pieces: Iterable<Uint8Array>): Leak[] {
    const leaks = new Map<SearchedNotation, Leak>();
    let kept: Buffer = Buffer.alloc(0);
    for (const piece of pieces) {
      this.bytes += piece.length;
      // What lies across two pieces is found by the end of the one before.
      const all = Buffer.concat([kept, piece]);
      for (const searched of this.#searched) {
        if (leaks.has(searched) || !all.includes(searched.notation.bytes)) continue;
        leaks.set(searched, { marker: searched.marker, notation: searched.notation.name, place });
      }
      kept = all.subarray(Math.max(0, all.length - this.#longest));
    }
    return [...leaks.values()];
  }

  scanText(place: string, text: string): Leak[] {
    return this.scan(place, [Buffer.from(text, 'utf8')]);
  }
}
