import type { ChainEnd } from './chain.js';
import { hashedText, hashOf } from './chain.js';
import { CHAIN_BEGIN, CHAIN_END, RECORDS_LOST } from './chain-records.js';
import { RecentHashes } from './recent-hashes.js';
import type { ChainProblem, Verification } from './verification.js';

interface Line extends Partial<Record<keyof ChainEnd, unknown>> {
  readonly action?: unknown;
  readonly continues?: unknown;
  readonly torn?: unknown;
  readonly count?: unknown;
}

type Place = Pick<ChainEnd, 'seq' | 'hash'>;

interface State extends Place {
  readonly ended: boolean;
  /** A line that is reported, and that the line after it may nevertheless follow: one fault is reported once. */
  readonly reported?: Place;
}

const MAX_PROBLEMS = 100;
/** What a chain and a hash are made of. Problems name chains, and are printed. */
const TOKEN = /^[\w-]{1,64}$/;
const BEFORE_FIRST: State = { seq: 0, hash: '', ended: false };

const parsed = (text: string): Line | undefined => {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? line : undefined;
  } catch {
    return undefined;
  }
};

const isToken = (value: unknown): value is string => typeof value === 'string' && TOKEN.test(value);

const endOf = (value: unknown): ChainEnd | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { chain, seq, hash } = value as Line;
  if (!isToken(chain) || !isToken(hash) || !Number.isSafeInteger(seq) || Number(seq) < 1) return undefined;
  return { chain, seq: Number(seq), hash };
};

/** Checks the lines of one or more files of one sink, given in the order in which they were written. */
export class ChainVerifier {
  readonly #chains = new Map<string, State>();
  readonly #recent = new RecentHashes();
  readonly #problems: ChainProblem[] = [];
  #furtherProblems = 0;
  #lines = 0;
  #beginsAfter: Verification['beginsAfter'];
  #repeatedLines = 0;
  #lostRecords = 0;
  #tornLines = 0;
  /** The number of a line that is none, until the next line says whether that is known. */
  #unread: number | undefined;

  add(text: string): void {
    this.#lines += 1;
    const line = parsed(text);
    const end = endOf(line);
    if (line === undefined || end === undefined) {
      this.#judgeUnread();
      if (text !== '') this.#unread = this.#lines;
      return;
    }
    const state = this.#chains.get(end.chain) ?? BEFORE_FIRST;
    const hashed = hashedText(text, end);
    const follows = (place: Place | undefined): boolean =>
      hashed !== undefined && place?.seq === end.seq - 1 && hashOf(place.hash, hashed) === end.hash;
    if (follows(state) || follows(state.reported)) {
      this.#taken(line, end);
      return;
    }
    this.#judgeUnread();
    if (end.seq <= state.seq && this.#isRepeated(hashed, end)) {
      this.#repeatedLines += 1;
      return;
    }
    this.#found(this.#problemOf(state, end));
    // A forged copy of a line that was taken already is no place to go on from.
    if (end.seq > state.seq) this.#chains.set(end.chain, { ...state, reported: end });
  }

  result(): Verification {
    this.#judgeUnread();
    return {
      lines: this.#lines,
      problems: this.#problems,
      furtherProblems: this.#furtherProblems,
      chains: Array.from(this.#chains, ([chain, { seq, hash, ended }]) => ({ chain, seq, hash, ended })).filter(
        ({ seq }) => seq > 0,
      ),
      beginsAfter: this.#beginsAfter,
      repeatedLines: this.#repeatedLines,
      lostRecords: this.#lostRecords,
      tornLines: this.#tornLines,
    };
  }

  /** The next line of its chain, whose hash is right: only such a line is believed. */
  #taken(line: Line, end: ChainEnd): void {
    const { action } = line;
    if (action === CHAIN_BEGIN && line.torn === true && this.#unread !== undefined) {
      this.#unread = undefined;
      this.#tornLines += 1;
    }
    this.#judgeUnread();
    if (end.seq === 1 && action !== CHAIN_BEGIN) {
      this.#found(`is the first of chain ${end.chain} and does not begin one`);
    }
    if (action === CHAIN_BEGIN) this.#checkPredecessor(endOf(line.continues));
    if (action === RECORDS_LOST && typeof line.count === 'number') this.#lostRecords += line.count;
    this.#chains.set(end.chain, { seq: end.seq, hash: end.hash, ended: action === CHAIN_END });
    this.#recent.add(end);
  }

  #isRepeated(hashed: string | undefined, { chain, seq, hash }: ChainEnd): boolean {
    const previousHash = this.#recent.of(chain, seq - 1);
    if (hashed === undefined || previousHash === undefined || this.#recent.of(chain, seq) !== hash) return false;
    return hashOf(previousHash, hashed) === hash;
  }

  #problemOf(state: State, { chain, seq }: ChainEnd): string {
    const isNext = seq === state.seq + 1 || this.#recent.of(chain, seq) !== undefined;
    if (isNext) return `is not as it was written: its hash, number ${seq} of chain ${chain}, does not match`;
    if (state.seq === 0 && state.reported === undefined) {
      return `begins chain ${chain} with number ${seq}: what came before is missing`;
    }
    return `has number ${seq} of chain ${chain} after number ${state.seq}: lines were cut, put in or moved`;
  }

  /** One that the very first chain continues may be in an earlier file. */
  #checkPredecessor(end: ChainEnd | undefined): void {
    if (end === undefined) return;
    const { chain, seq, hash } = end;
    const state = this.#chains.get(chain);
    if (state === undefined && this.#chains.size === 0) {
      this.#beginsAfter = { chain, seq };
    } else if (state === undefined) {
      this.#found(`continues chain ${chain}, which is missing`);
    } else if (state.seq < seq) {
      this.#found(
        `continues chain ${chain} after number ${seq}, which ends with number ${state.seq} here: its end was cut`,
      );
    } else if ((this.#recent.of(chain, seq) ?? hash) !== hash) {
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
