import { setTimeout as pause } from 'node:timers/promises';
import { AuditTrail } from './audit-trail.js';
import type { ChainBeginning } from './chain/chain-records.js';
import type { Verification } from './chain/verification.js';
import { ChainVerifier } from './chain/verify-chain.js';
import type { AuditEntry } from './record/audit-entry.js';
import type { AuditDestination } from './sinks/audit-destination.js';
import { AuditSink } from './sinks/audit-sink.js';

export const ENTRY: AuditEntry = {
  requestId: 'r1',
  principal: 'token:ci',
  address: '192.0.2.1',
  tenant: 'main',
  namespace: 'company.team',
  key: 'KEY',
  action: 'secret.read',
  decision: 'allow',
  outcome: 'ok',
};

export interface TrailOptions {
  readonly timeoutMs?: number;
  readonly queueMaxBytes?: number;
}

export interface OpenTrail {
  readonly trail: AuditTrail;
  readonly sinks: readonly AuditSink[];
  /** By sink. */
  readonly counts: readonly { written: number; lost: number; failed: number; trouble: unknown[] }[];
  /** Records that no sink took. */
  refused: number;
}

export const openTrail = (destinations: readonly AuditDestination[], options: TrailOptions = {}): OpenTrail => {
  const { timeoutMs = 60_000, queueMaxBytes = 1_048_576 } = options;
  const counts = destinations.map(() => ({ written: 0, lost: 0, failed: 0, trouble: [] as unknown[] }));
  const sinks = destinations.map((destination, index) => {
    const count = counts[index] as (typeof counts)[number];
    return new AuditSink({
      ...{ name: String(index), process: 'test', destination, queueMaxBytes, now: Date.now },
      metrics: {
        written: (records) => (count.written += records),
        lost: (records) => (count.lost += records),
        failed: () => (count.failed += 1),
      },
      onTrouble: (error) => count.trouble.push(error),
    });
  });
  const opened: OpenTrail = {
    ...{ sinks, counts, refused: 0 },
    trail: new AuditTrail({ sinks, timeoutMs, now: Date.now, refused: (records) => (opened.refused += records) }),
  };
  return opened;
};

export const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);

/** Verifies the chain of the texts of files, in their order. */
export const verify = (...texts: string[]): Verification => {
  const verifier = new ChainVerifier();
  for (const text of texts) for (const line of linesOf(text)) verifier.add(line);
  return verifier.result();
};

/** The keys that the records of a file name. */
export const keysOf = (text: string): string[] =>
  linesOf(text)
    .map((line) => JSON.parse(line) as { key?: string })
    .flatMap(({ key }) => key ?? []);

export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await pause(2);
};

/** Takes nothing until it is mended. */
export class BrokenDestination implements AuditDestination {
  isBroken = true;
  text = '';

  async open(): Promise<ChainBeginning> {
    return {};
  }

  async write(lines: string): Promise<void> {
    if (this.isBroken) throw new Error('broken');
    this.text += lines;
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}
