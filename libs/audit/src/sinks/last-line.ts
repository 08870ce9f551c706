import type { FileHandle } from 'node:fs/promises';
import type { ChainBeginning } from '../chain/chain-records.js';

/** Longer than any line: keys have at most 256 characters, and so on. */
const TAIL_BYTES = 65_536;

/** Where the line stands in its chain. */
export const endOf = (line: string): ChainBeginning['continues'] => {
  try {
    const { chain, seq, hash } = JSON.parse(line) as Record<string, unknown>;
    if (typeof chain === 'string' && typeof seq === 'number' && typeof hash === 'string') return { chain, seq, hash };
  } catch {
    // It is no line of an audit.
  }
  return undefined;
};

/** How a file of lines ends: the last whole line, and whether part of another one follows it. */
export const lastLineOf = async (file: FileHandle): Promise<ChainBeginning> => {
  const { size } = await file.stat();
  const length = Math.min(size, TAIL_BYTES);
  if (length === 0) return {};
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
  const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
  const torn = lines.pop() !== '';
  const continues = lines.map(endOf).findLast((end) => end !== undefined);
  return { continues, torn };
};
