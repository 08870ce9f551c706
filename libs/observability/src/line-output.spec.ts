import { Writable } from 'node:stream';
import { LineOutput } from './line-output.js';

/** As the standard streams are: usable again after an error. */
class Standard extends Writable {
  readonly taken: string[] = [];
  failure: Error | undefined;
  stalls = false;
  release: (() => void) | undefined;

  constructor() {
    super({ autoDestroy: false, decodeStrings: false });
  }

  override _write(line: string, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.failure === undefined) this.taken.push(line);
    if (this.stalls) this.release = () => done();
    else done(this.failure);
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('counts lines that cannot be written, and goes on', async () => {
  const stream = new Standard();
  const output = new LineOutput(stream);
  output.write('a\n');
  await turn();
  stream.failure = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  // An error event that nobody hears would fail this test.
  output.write('b\n');
  output.write('c\n');
  await turn();
  expect([stream.taken, output.lostLines]).toEqual([['a\n'], 2]);
});

it('keeps no more than so many bytes for a reader that has stopped', async () => {
  const stream = new Standard();
  stream.stalls = true;
  const output = new LineOutput(stream, 10);
  output.write('a line that is longer than that\n');
  for (let n = 0; n < 5; n += 1) output.write('line\n');
  expect([stream.writableLength, output.lostLines]).toEqual([32, 5]);
  stream.stalls = false;
  stream.release?.();
  await turn();
  for (let n = 0; n < 2; n += 1) output.write('line\n');
  await turn();
  expect([stream.taken.length, output.lostLines]).toEqual([3, 5]);
});
