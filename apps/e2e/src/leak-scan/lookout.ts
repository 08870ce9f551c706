import { randomInt } from 'node:crypto';
import { join, demand, show, type Outcome } from '../measure/index.js';
import type { Marks } from './marks.js';
import { formsOf, Search, type Hit, type Word } from './index.js';

/** Where something was seen, for the figures: every kind has controls of its own. */
export type Kind =
  | 'standard output'
  | 'standard error'
  | 'metrics'
  | 'answers'
  | 'command line'
  | 'data folder'
  | 'rows of the database'
  | 'files and log of the database server';

/** As much of a place as a planted control is looked for in. */
const PLANTED_IN = 1_000_000;

/** Looks through everything for what must not be there, and proves each time that it would have been found. */
export class Lookout {
  readonly hits: Hit[] = [];
  /** Controls that Coffer itself has shown or stored, by kind; texts that are no secret. */
  readonly shown = new Map<Kind, number>();
  #planted = 0;
  #found = 0;
  #bytes = 0;
  #places = 0;
  readonly #plantedKinds = new Set<Kind>();

  constructor(private readonly marks: Marks) {}

  look(kind: Kind, place: string, words: readonly Word[], pieces: Iterable<Uint8Array>): void {
    const all = [...pieces];
    const search = new Search(words);
    this.hits.push(...search.in(`${kind}: ${place}`, all));
    this.#bytes += search.bytes;
    this.#places += 1;
    const controls = new Search([{ name: 'control', text: this.marks.control }]).in(place, all);
    this.shown.set(kind, (this.shown.get(kind) ?? 0) + controls.length);
    if (this.#plantedKinds.has(kind)) return;
    this.#plantedKinds.add(kind);
    this.#plant(Buffer.concat(all).subarray(0, PLANTED_IN));
  }

  lookAtText(kind: Kind, place: string, words: readonly Word[], text: string): void {
    this.look(kind, place, words, [Buffer.from(text, 'utf8')]);
  }

  /** A text that is shown there on purpose, as a control. */
  mustSee(kind: Kind, text: string, shown: string): void {
    const seen = new Search([{ name: 'control', text }]).inText(kind, shown);
    this.shown.set(kind, (this.shown.get(kind) ?? 0) + seen.length);
  }

  /** Each form of a value, put anywhere into a copy of what was looked through. */
  #plant(bytes: Buffer): void {
    const text = this.marks.planted();
    for (const form of formsOf(text)) {
      const at = randomInt(bytes.length + 1);
      const copy = [bytes.subarray(0, at), form.bytes, bytes.subarray(at)];
      const hits = new Search([{ name: 'planted', text }]).in('copy', copy);
      this.#planted += 1;
      this.#found += Number(hits.some((hit) => hit.form === form.name));
    }
  }

  /** `seen`: the kinds in which Coffer shows or stores the control in clear. */
  outcome(seen: readonly Kind[]): Outcome {
    const outcome = join(
      show('Looked through', Number((this.#bytes / 2 ** 20).toFixed(1)), 'MiB'),
      show('Places looked through', this.#places, 'places'),
      demand('Values, passwords, tokens and keys found', this.hits.length, 'finds', 0),
      demand('Controls planted in each kind of place in each form, found', this.#found, 'controls', this.#planted),
      ...seen.map((kind) => {
        const found = this.shown.get(kind) ?? 0;
        const figure = show(`Texts that are shown or stored in clear on purpose, found in: ${kind}`, found, 'finds');
        return { ...figure, problems: found > 0 ? [] : [`the control in ${kind} was not found: the search is none`] };
      }),
    );
    return { ...outcome, problems: [...outcome.problems, ...this.hits.map((hit) => JSON.stringify(hit))] };
  }
}
