import { property } from '../harness/property.js';
import { assertEqual, combine, show, type Outcome } from '../harness/outcome.js';
import { tamper, type Tally, type TamperingOptions } from './envelope/tampering.js';

const refusedAll = (what: string, { tried, refused }: Tally): Outcome => {
  const all = assertEqual(`${what}, refused`, refused, 'envelopes', tried);
  return tried > 0 ? all : { ...all, problems: [`${what}: none was tried`] };
};

/** Every envelope that was changed, cut, moved or opened with another key is refused; every other one opens. */
const envelopeProperty = async (options: TamperingOptions): Promise<Outcome> => {
  const { opened, flips, cuts, moves, keys } = await tamper(options);
  return combine(
    show('Lengths of the sealed values', options.lengths.join(', '), 'bytes'),
    assertEqual('Untouched envelopes, opened', opened.whole, 'envelopes', opened.envelopes),
    refusedAll('One bit flipped', flips),
    refusedAll('Cut to a shorter length at either end', cuts),
    refusedAll('A field of the place swapped or changed', moves),
    refusedAll('Another key, with the same id or another one', keys),
  );
};

export default property({
  name: 'envelope',
  title: 'Envelopes',
  shows: 'An envelope with any bit flipped, any length cut or any bound field swapped is refused.',
  servers: [],
  quick: { lengths: [0, 24] },
  full: { lengths: [0, 1, 16, 100, 1_000] },
  run: envelopeProperty,
});
