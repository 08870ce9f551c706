import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 262_144;
const LINE_BREAK = 0x0a;

/**
 * The whole lines of a file from its end, a chunk at a time, the last line first. Ends after `maxBytes`, or at the beginning of
 * the file; what is appended meanwhile is not read.
 */
export async function* linesBackwards(file: FileHandle, maxBytes: number): AsyncGenerator<readonly string[]> {
  const { size } = await file.stat();
  const first = Math.max(0, size - maxBytes);
  /** The part of a line whose beginning was not read yet. */
  let rest: Buffer = Buffer.alloc(0);
  for (let end = size; end > first;) {
    const start = Math.max(first, end - CHUNK_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    const chunk = Buffer.concat([buffer.subarray(0, bytesRead), rest]);
    const lineBreak = start === 0 ? -1 : chunk.indexOf(LINE_BREAK);
    // Without one, all of it belongs to a line that begins further up.
    const begin = start === 0 ? 0 : lineBreak === -1 ? chunk.length : lineBreak + 1;
    rest = chunk.subarray(0, begin);
    yield chunk
      .subarray(begin)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .reverse();
    end = start;
  }
}
