import { describeOptions, parseOptions } from './options.js';

const FULL = { seconds: 60, maxBytes: 1, profile: '', once: false, store: ['a', 'b'], workers: [1, 4] };

describe('the options of a property', () => {
  it('are its full ones, but for what a flag says', () => {
    expect(parseOptions(FULL, {}, [])).toEqual({ options: FULL, quick: false, help: false });
    const args = ['--seconds', '2', '--max-bytes', '7', '--profile', 'x', '--once', '--store', 'c', '--workers', '8'];
    const { options } = parseOptions(FULL, {}, [...args, '--workers', '9']);
    expect(options).toEqual({ seconds: 2, maxBytes: 7, profile: 'x', once: true, store: ['c'], workers: [8, 9] });
  });

  it('are those of its suite where that is asked for, and only where it has one', () => {
    const { options, quick } = parseOptions(FULL, { seconds: 1 }, ['--quick', '--profile', 'x']);
    expect([options, quick]).toEqual([{ ...FULL, seconds: 1, profile: 'x' }, true]);
    expect(() => parseOptions(FULL, undefined, ['--quick'])).toThrow('no quick options');
  });

  it('are refused where they are unknown or no number', () => {
    expect(() => parseOptions(FULL, {}, ['--fast'])).toThrow('--fast');
    for (const text of ['many', '-1', '', 'Infinity']) {
      expect(() => parseOptions(FULL, {}, [`--seconds=${text}`])).toThrow('--seconds must be a number');
      expect(() => parseOptions(FULL, {}, [`--workers=${text}`])).toThrow('--workers must be a number');
    }
  });

  it('are described with their defaults', () => {
    expect(describeOptions(FULL)).toMatch(
      /--max-bytes N +default 1\n +--profile TEXT +default none\n +--once +default false/,
    );
  });
});
