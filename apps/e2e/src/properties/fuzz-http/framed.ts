import type { SeededRandom } from '@coffer/coherence/simulation';
import { mutated } from '../../workload/byte-mutations.js';
import { TOKENS } from './seeds.js';

const HEAD_END = '\r\n\r\n';
const UNPRINTABLE = /[\u0000-\u0020\u007f-\u00ff]/g;

const escaped = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/**
 * A request whose target and body are changed while its frame stays right, so that it comes further than to the parser:
 * what cannot stand in a target is escaped, and the length is the body's own.
 */
export const mutatedWithinFrame = (random: SeededRandom, seeds: readonly Buffer[]): Buffer => {
  const seed = random.pick(seeds);
  const headEnd = seed.indexOf(HEAD_END);
  const [first = '', ...headers] = seed.toString('latin1', 0, headEnd).split('\r\n');
  const [method = '', target = ''] = first.split(' ');
  const body = seed.subarray(headEnd + HEAD_END.length);
  const changesTarget = body.length === 0 || random.chance(0.3);
  const asked = changesTarget
    ? mutated(random, [Buffer.from(target)], TOKENS)
        .toString('latin1')
        .replaceAll(UNPRINTABLE, escaped)
    : target;
  const sent = changesTarget ? body : mutated(random, [body], TOKENS);
  const lines = headers.filter((line) => !line.startsWith('content-length:'));
  const length = sent.length === 0 ? [] : [`content-length: ${sent.length}`];
  const head = [`${method} /${asked.replace(/^\/+/, '')} HTTP/1.1`, ...lines, ...length].join('\r\n');
  return Buffer.concat([Buffer.from(head + HEAD_END, 'latin1'), sent]);
};
