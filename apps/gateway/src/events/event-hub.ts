import { Authority, type CommitRecord, type LogEntry } from '@coffer/coherence';
import type { CoherenceLog, MessageSealer } from '@coffer/messaging';
import type { Metrics } from '@coffer/observability';
import type { CatalogueService } from '@coffer/reads';
import { CofferError, SecretPath, type Clock } from '@coffer/secrets';
import { dataOf, eventText, heartbeatText, type ChangeEvent, type NotifiedOutcome } from './change-event.js';
import { EventBuffer, EVENTS_MAX_BYTES } from './event-buffer.js';
import { LogReach } from './log-reach.js';
import { advanced, parsePosition, positionText, type Position } from './position.js';
import { Watcher, WATCHER_MAX_BYTES, type WatcherOptions } from './watcher.js';
import { BEGUN_MAX_BYTES, WritesBegun, type WriteBegun } from './writes-begun.js';

/** Streams that are open at the same time, of a process and of one caller. */
const MAX_WATCHERS = 1_000;
const MAX_OF_CALLER = 250;

const NOTHING = new Uint8Array();

export interface EventHubOptions {
  readonly log: Pick<CoherenceLog, 'identity' | 'shards'>;
  /** The replay window. */
  readonly windowMs: number;
  readonly sealer: Pick<MessageSealer, 'openOutcome'>;
  readonly catalogue: Pick<CatalogueService, 'onDrift' | 'stalenessMs'>;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'refusals' | 'watchBudget' | 'eventWatchers' | 'eventsSent' | 'eventWatchersEnded'>;
  /** Bounds what is kept for clients that come again. Defaults to `EVENTS_MAX_BYTES`. */
  readonly maxBytes?: number;
}

/**
 * Called with what took effect, or was found changed without Coffer (`isDrift`), which no cache knows. Without a path,
 * anything in the tenant may have.
 */
export type ChangeListener = (
  tenant: string,
  path: { readonly namespace: string; readonly key: string } | undefined,
  isDrift: boolean,
) => void;

/** Reads the log and tells watchers of what took effect. */
export class EventHub {
  readonly onChange = new Set<ChangeListener>();
  readonly #buffer: EventBuffer;
  readonly #watchers = new Set<Watcher>();
  readonly #writesBegun = new WritesBegun();
  readonly #logReach: LogReach;
  readonly #authorities = new Map<number, Authority>();
  #position: Position;
  #closed = false;

  constructor(private readonly options: EventHubOptions) {
    const { log, windowMs, clock, maxBytes = EVENTS_MAX_BYTES, metrics, catalogue } = options;
    this.#position = { log: log.identity, timestamp: 0, offsets: Array.from({ length: log.shards }, () => -1n) };
    this.#buffer = new EventBuffer(windowMs, clock.wall(), maxBytes);
    this.#logReach = new LogReach({
      stalenessMs: () => catalogue.stalenessMs(),
      notify: (stalenessMs) => {
        for (const watcher of this.#watchers) this.#tellReach(watcher, stalenessMs);
      },
    });
    metrics.watchBudget('events', () => this.#buffer.memory);
    metrics.watchBudget('event-watchers', () => this.#waiting());
    catalogue.onDrift.add((tenant, drift) => {
      const id = positionText(this.#position);
      for (const { kind, entry } of drift.secrets) {
        const { namespace, key, version } = entry;
        const data = { namespace, key, kind, ...(kind === 'deleted' ? {} : { version }) };
        this.#tell(tenant, namespace, 'drift', () => eventText('drift', data, id));
        this.#changed(tenant, entry, true);
      }
      const count = drift.appeared + drift.changed + drift.deleted;
      if (count <= drift.secrets.length) return;
      this.#resync(tenant, 'drift');
      this.#changed(tenant, undefined, true);
    });
  }

  /** Where the log is read to. */
  get position(): Position {
    return this.#position;
  }

  /** Takes a record into account: in the log's order, once a cache and a list have taken it. */
  read(entry: LogEntry): void {
    const { shard, record } = entry;
    this.#buffer.read(entry);
    this.#position = advanced(this.#position, entry);
    let authority = this.#authorities.get(shard);
    if (authority === undefined) this.#authorities.set(shard, (authority = new Authority()));
    if (!authority.admit(entry)) return;
    if (record.type === 'PREPARE') this.#begun(entry, record);
    else if (record.type === 'CLEARED') this.#cleared(shard, record.prepareOffset);
    else if (record.type === 'ABORT' && record.claimed !== true) this.#hint('settled', record);
    else if (record.type === 'COMMIT') this.#committed(entry, record);
  }

  /**
   * A new watcher, which first gets what came after `since`. Throws `overloaded`, or `rate-limited` for a caller who has too
   * many.
   */
  watch(options: Omit<WatcherOptions, 'ended'>, since: string | undefined): Watcher {
    this.#requireRoom(options.caller);
    const { metrics } = this.options;
    const watcher: Watcher = new Watcher({
      ...options,
      ended: (reason) => {
        this.#watchers.delete(watcher);
        if (this.#watchers.size === 0) this.#logReach.stop();
        metrics.eventWatchers.set(this.#watchers.size);
        metrics.eventWatchersEnded.inc({ reason: reason ?? 'gone' });
      },
    });
    this.#begin(watcher, since);
    const { stalenessMs } = this.#logReach;
    if (stalenessMs !== undefined) this.#tellReach(watcher, stalenessMs);
    this.#watchers.add(watcher);
    this.#logReach.start();
    metrics.eventWatchers.set(this.#watchers.size);
    return watcher;
  }

  /** Tells a watcher that what it may see is not what it was. */
  accessChanged(watcher: Watcher): void {
    this.#send(watcher, 'resync', eventText('resync', { reason: 'access' }, positionText(this.#position)));
  }

  heartbeat(watcher: Watcher): void {
    watcher.send(heartbeatText(positionText(this.#position)));
  }

  close(): void {
    this.#closed = true;
    this.#logReach.stop();
    for (const watcher of this.#watchers) watcher.end('closing');
  }

  #begin(watcher: Watcher, since: string | undefined): void {
    const id = positionText(this.#position);
    if (since === undefined) return watcher.send(eventText('ready', { resumed: false }, id));
    const { identity, shards } = this.options.log;
    const position = parsePosition(since, identity, shards);
    const missed = position && this.#buffer.since(position);
    if (position === undefined || missed === undefined) {
      watcher.send(eventText('ready', { resumed: false }, id));
      return watcher.send(eventText('resync', { reason: 'expired' }, id));
    }
    watcher.send(eventText('ready', { resumed: true }, positionText(position)));
    let at = position;
    for (const event of missed) {
      at = advanced(at, event);
      if (event.path.tenant !== watcher.options.tenant || !watcher.options.sees(event.path.namespace)) continue;
      this.#send(watcher, event.type, this.#textOf(event, positionText(at)));
    }
  }

  #requireRoom(caller: string): void {
    const { metrics } = this.options;
    if (this.#closed || this.#watchers.size >= MAX_WATCHERS) {
      metrics.refusals.inc({ budget: 'event-watchers' });
      throw new CofferError('overloaded', `${MAX_WATCHERS} streams of events are open; try again, at another gateway`);
    }
    const own = [...this.#watchers].filter(({ options }) => options.caller === caller);
    if (own.length < MAX_OF_CALLER) return;
    metrics.refusals.inc({ budget: 'event-watchers' });
    throw new CofferError('rate-limited', `a caller may have ${MAX_OF_CALLER} streams of events; close others first`);
  }

  #committed({ shard, offset, timestamp }: LogEntry, record: CommitRecord): void {
    const path = SecretPath.tryParse(record.path);
    if (path === undefined) return;
    if (record.outcome === 'superseded') return this.#hint('settled', record);
    const type = record.kind === 'delete' ? 'delete' : 'change';
    const { operation, kind } = record;
    const sealed = kind === 'delete' || kind === 'drop' ? NOTHING : record.sealed;
    const event: ChangeEvent = { shard, offset, timestamp, type, path, operation, sealed };
    this.#buffer.add(event);
    const id = positionText(this.#position);
    this.#tell(path.tenant, path.namespace, type, () => this.#textOf(event, id));
    this.#changed(path.tenant, path, false);
  }

  #changed(...change: Parameters<ChangeListener>): void {
    for (const listener of this.onChange) listener(...change);
  }

  #textOf(event: ChangeEvent, id: string): string {
    return eventText(event.type, dataOf(event, this.#outcomeOf(event)), id);
  }

  #outcomeOf({ path, operation, sealed }: ChangeEvent): NotifiedOutcome | undefined {
    if (sealed.length === 0) return undefined;
    try {
      return this.options.sealer.openOutcome(path, operation, sealed);
    } catch {
      return undefined;
    }
  }

  #begun(entry: LogEntry, write: WriteBegun): void {
    if (this.#watchers.size === 0) return this.#writesBegun.clear();
    this.#writesBegun.add(entry, { path: write.path, operation: write.operation });
    this.#hint('writing', write);
  }

  #cleared(shard: number, prepareOffset: LogEntry['offset']): void {
    const write = this.#writesBegun.take(shard, prepareOffset);
    if (write !== undefined) this.#hint('cleared', write);
  }

  /** Sends what a table may show meanwhile, once, to whoever watches. */
  #hint(type: 'writing' | 'cleared' | 'settled', { path: text, operation }: WriteBegun): void {
    if (this.#watchers.size === 0) return;
    const path = SecretPath.tryParse(text);
    if (path === undefined) return;
    const { tenant, namespace, key } = path;
    this.#tell(tenant, namespace, type, () => eventText(type, { namespace, key, operation }));
  }

  #tell(tenant: string, namespace: string, type: string, text: () => string): void {
    let made: string | undefined;
    for (const watcher of this.#watchers) {
      if (watcher.options.tenant !== tenant || !watcher.options.sees(namespace)) continue;
      this.#send(watcher, type, (made ??= text()));
    }
  }

  #tellReach(watcher: Watcher, stalenessMs: number | undefined): void {
    if (stalenessMs === undefined) return this.#send(watcher, 'fresh', eventText('fresh', {}));
    const ageSeconds = Math.ceil(stalenessMs / 1_000);
    this.#send(watcher, 'stale', eventText('stale', { ageSeconds }));
  }

  #send(watcher: Watcher, type: string, text: string): void {
    if (!watcher.open) return;
    watcher.send(text);
    this.options.metrics.eventsSent.inc({ type });
  }

  #resync(tenant: string, reason: string): void {
    const text = eventText('resync', { reason }, positionText(this.#position));
    for (const watcher of this.#watchers) if (watcher.options.tenant === tenant) this.#send(watcher, 'resync', text);
  }

  #waiting() {
    let { bytes } = this.#writesBegun;
    for (const watcher of this.#watchers) bytes += watcher.waiting;
    return { bytes, limitBytes: MAX_WATCHERS * WATCHER_MAX_BYTES + BEGUN_MAX_BYTES };
  }
}
