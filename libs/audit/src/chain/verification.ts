import type { ChainEnd } from './chain.js';

export interface ChainProblem {
  /** Counted from 1, over all files together. */
  readonly line: number;
  /** Never quotes the line, but for a chain and a number in it. */
  readonly problem: string;
}

export interface VerifiedChain extends ChainEnd {
  /** Whether its process closed it; otherwise it is still being written, or was killed, or its end was cut. */
  readonly ended: boolean;
}

export interface Verification {
  readonly lines: number;
  readonly problems: readonly ChainProblem[];
  /** Problems beyond those that are listed. */
  readonly furtherProblems: number;
  /** Each up to the last line whose hash was found right. */
  readonly chains: readonly VerifiedChain[];
  /** The end that the first chain continues, where no file has it: whether what came before was deleted is not known. */
  readonly beginsAfter: Pick<ChainEnd, 'chain' | 'seq'> | undefined;
  /** Lines that are there once more, as they were written: they were sent again, or copied. */
  readonly repeatedLines: number;
  /** Records that the sink says it had no room for. */
  readonly lostRecords: number;
  /** Lines that a process was killed in the middle of; its successor says so. */
  readonly tornLines: number;
}
