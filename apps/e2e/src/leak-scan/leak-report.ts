import { randomInt } from 'node:crypto';
import { combine, assertEqual, show, type Outcome } from '../harness/outcome.js';
import type { MarkerTexts } from './marker-texts.js';
import { LeakScanner, type Leak, type Marker } from './leak-scanner.js';
import { notationsOf } from './notations.js';

/** Where something was seen, for the figures: every kind has controls of its own. */
export type Kind =
  | 'standard output'
  | 'standard error'
  | 'metrics'
  | 'answers'
  | 'command line'
  | 'audit'
  | 'data folder'
  | 'files after a crash'
  | 'rows of the database'
  | 'files and log of the database server';

/** As much of a place as a planted control is looked for in. */
const PLANTED_IN = 1_000_000;

/** Looks through everything for what must not be there, and proves each time that it would have been found. */
export class LeakReport {
  readonly leaks: Leak[] = [];
  /** Controls that Coffer itself has shown or stored, by kind; texts that are no secret. */
  readonly shown = new Map<Kind, number>();
  #planted = 0;
  #found = 0;
  #bytes = 0;
  #places = 0;
  readonly #plantedKinds = new Set<Kind>();

  constructor(private readonly texts: MarkerTexts) {}

  scan(kind: Kind, place: string, markers: readonly Marker[], pieces: Iterable<Uint8Array>): void {
    const all = [...pieces];
    const scanner = new LeakScanner(markers);
    this.leaks.push(...scanner.scan(`${kind}: ${place}`, all));
    this.#bytes += scanner.bytes;
    this.#places += 1;
    const controls = new LeakScanner([{ name: 'control', text: this.texts.control }]).scan(place, all);
    this.shown.set(kind, (this.shown.get(kind) ?? 0) + controls.length);
    if (this.#plantedKinds.has(kind)) return;
    this.#plantedKinds.add(kind);
    this.#plant(Buffer.concat(all).subarray(0, PLANTED_IN));
  }

  scanText(kind: Kind, place: string, markers: readonly Marker[], text: string): void {
    this.scan(kind, place, markers, [Buffer.from(text, 'utf8')]);
  }

  /** A text that is shown there on purpose, as a control. */
  expectShown(kind: Kind, text: string, shown: string): void {
    const seen = new LeakScanner([{ name: 'control', text }]).scanText(kind, shown);
    this.shown.set(kind, (this.shown.get(kind) ?? 0) + seen.length);
  }

  /** Each notation of a value, put anywhere into a copy of what was looked through. */
  #plant(bytes: Buffer): void {
    const text = this.texts.planted();
    for (const notation of notationsOf(text)) {
      const at = randomInt(bytes.length + 1);
      const copy = [bytes.subarray(0, at), notation.bytes, bytes.subarray(at)];
      const leaks = new LeakScanner([{ name: 'planted', text }]).scan('copy', copy);
      this.#planted += 1;
      this.#found += Number(leaks.some((leak) => leak.notation === notation.name));
    }
  }

  /** `seen`: the kinds in which Coffer shows or stores the control in clear. */
  outcome(seen: readonly Kind[]): Outcome {
    const outcome = combine(
      show('Looked through', Number((this.#bytes / 2 ** 20).toFixed(1)), 'MiB'),
      show('Places looked through', this.#places, 'places'),
      assertEqual('Values, passwords, tokens and keys found', this.leaks.length, 'finds', 0),
      assertEqual(
        'Controls planted in each kind of place in each notation, found',
        this.#found,
        'controls',
        this.#planted,
      ),
      ...seen.map((kind) => {
        const found = this.shown.get(kind) ?? 0;
        const figure = show(`Texts that are shown or stored in clear on purpose, found in: ${kind}`, found, 'finds');
        return { ...figure, problems: found > 0 ? [] : [`the control in ${kind} was not found: the search is none`] };
      }),
    );
    return { ...outcome, problems: [...outcome.problems, ...this.leaks.map((leak) => JSON.stringify(leak))] };
  }
}
