import type { ChainEnd } from './chain.js';

/** The action of the first line of every chain. */
export const CHAIN_BEGIN = 'chain.begin';
/** The action of the last line of a chain whose process closed it. */
export const CHAIN_END = 'chain.end';
/** The action of a line that says how many records this sink had no room for. */
export const RECORDS_LOST = 'chain.lost';

export interface ChainBeginning {
  /** The end of the chain that came before in the same place, where there was one. */
  readonly continues?: ChainEnd | undefined;
  /** Whether the place ended in the middle of a line. */
  readonly torn?: boolean;
}

const bodyOf = (fields: object): string => JSON.stringify(fields).slice(0, -1);
const timeOf = (wallMs: number): string => new Date(wallMs).toISOString();

/** Without the closing brace, as `Chain.line` takes it. `process`: the name of the role that writes. */
export const beginBody = (process: string, { continues, torn }: ChainBeginning, wallMs: number): string =>
  bodyOf({
    ...{ time: timeOf(wallMs), action: CHAIN_BEGIN, process },
    ...(continues === undefined ? {} : { continues }),
    ...(torn === true ? { torn } : {}),
  });

export const endBody = (wallMs: number): string => bodyOf({ time: timeOf(wallMs), action: CHAIN_END });

export const lostBody = (count: number, wallMs: number): string =>
  bodyOf({ time: timeOf(wallMs), action: RECORDS_LOST, count });
