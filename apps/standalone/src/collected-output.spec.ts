import { isCollected, type Output } from './collected-output.js';

const output: Output = { isTerminal: false, identity: '9:17', initIdentity: '9:1', journalStream: undefined };

describe('where standard output leads', () => {
  it.each<[string, Partial<Output>, boolean]>([
    ['a pipe or a file of the caller', {}, false],
    ['a terminal', { isTerminal: true }, false],
    ['a terminal that is the container’s own', { isTerminal: true, initIdentity: '9:17' }, false],
    ['the journal', { journalStream: '9:17' }, true],
    ['a pipe of a process that the journal listens to', { journalStream: '9:18' }, false],
    ['the container’s log', { initIdentity: '9:17' }, true],
    ['nobody can tell where', { identity: undefined, initIdentity: undefined }, false],
  ])('%s', (_what, what, collected) => {
    expect(isCollected({ ...output, ...what })).toBe(collected);
  });
});
