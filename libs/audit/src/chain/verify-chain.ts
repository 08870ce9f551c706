import type { ChainEnd } from './chain.js';
import { hashedText, hashOf } from './chain.js';
import { CHAIN_BEGIN, CHAIN_END, RECORDS_LOST } from './chain-records.js';

export interface ChainProblem {
  /** Counted from 1, over all files together. */
  readonly line: number;
  /** Never quotes the line. */
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
  readonly chains: readonly VerifiedChain[];
  /** Records that the sink says it had no room for. */
  readonly lostRecords: number;
  /** Lines that a process was killed in the middle of; its successor says so. */
  readonly tornLines: number;
}

interface Line extends Partial<ChainEnd> {
  readonly action?: unknown;
  readonly continues?: Partial<ChainEnd>;
  readonly torn?: unknown;
  readonly count?: unknown;
}

interface State {
  seq: number;
  hash: string;
  ended: boolean;
}

const MAX_PROBLEMS = 100;

const parsed = (text: string): Line | undefined => {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? line : undefined;
  } catch {
    return undefined;
  }
};

/** Checks the lines of one or more files of one sink, given in the order in which they were written. */
export class ChainVerifier {
  readonly #chains = new Map<string, State>();
  readonly #problems: ChainProblem[] = [];
  #furtherProblems = 0;
  #lines = 0;
  #lostRecords = 0;
  #tornLines = 0;
  /** The number of a line that is none, until the next line says whether that is known. */
  #unread: number | undefined;

  add(text: string): void {
    this.#lines += 1;
    const line = parsed(text);
    if (line?.chain === undefined || line.seq === undefined || line.hash === undefined) {
      this.#judgeUnread();
      if (text !== '') this.#unread = this.#lines;
      return;
    }
    const { chain, seq, hash } = line;
    if (line.action === CHAIN_BEGIN && line.torn === true && this.#unread !== undefined) {
      this.#unread = undefined;
      this.#tornLines += 1;
    }
    this.#judgeUnread();
    this.#check(text, { chain, seq, hash }, line);
    this.#chains.set(chain, { seq, hash, ended: line.action === CHAIN_END });
    if (line.action === RECORDS_LOST && typeof line.count === 'number') this.#lostRecords += line.count;
  }

  result(): Verification {
    this.#judgeUnread();
    return {
      lines: this.#lines,
      problems: this.#problems,
      furtherProblems: this.#furtherProblems,
      chains: Array.from(this.#chains, ([chain, state]) => ({ chain, ...state })),
      lostRecords: this.#lostRecords,
      tornLines: this.#tornLines,
    };
  }

  #check(text: string, { chain, seq, hash }: ChainEnd, line: Line): void {
    const state = this.#chains.get(chain);
    if (state !== undefined && seq === state.seq && hash === state.hash) return;
    if (state === undefined) {
      if (seq !== 1) this.#found(`begins chain ${chain} with number ${seq}: what came before is missing`);
      else if (line.action !== CHAIN_BEGIN) this.#found(`is the first of chain ${chain} and does not begin one`);
      if (seq !== 1) return;
    } else if (seq !== state.seq + 1) {
      this.#found(`has number ${seq} of chain ${chain} after number ${state.seq}: lines were cut, put in or moved`);
      return;
    }
    if (hashOf(state?.hash ?? '', hashedText(text) ?? '') !== hash) {
      this.#found(`is not as it was written: its hash, number ${seq} of chain ${chain}, does not match`);
    }
    if (line.action === CHAIN_BEGIN && line.continues !== undefined) this.#checkPredecessor(line.continues);
  }

  /** One that the very first chain continues is in an earlier file. */
  #checkPredecessor({ chain, seq, hash }: Partial<ChainEnd>): void {
    if (chain === undefined || seq === undefined || this.#chains.size === 0) return;
    const state = this.#chains.get(chain);
    if (state === undefined) {
      this.#found(`continues chain ${chain}, which is missing`);
      return;
    }
    if (state.seq < seq) {
      this.#found(
        `continues chain ${chain} after number ${seq}, which ends with number ${state.seq} here: its end was cut`,
      );
    } else if (state.seq === seq && state.hash !== hash) {
      this.#found(`continues chain ${chain} after another number ${seq} than the one here`);
    }
  }

  #judgeUnread(): void {
    if (this.#unread === undefined) return;
    this.#found('is no line of an audit', this.#unread);
    this.#unread = undefined;
  }

  #found(problem: string, line = this.#lines): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ line, problem });
    else this.#furtherProblems += 1;
  }
}
