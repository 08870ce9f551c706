import { randomUUID } from 'node:crypto';
import { isatty } from 'node:tty';
import {
  AuditSink,
  AuditTrail,
  FileDestination,
  HttpDestination,
  refuseLooseAuditFiles,
  StdoutDestination,
  type AuditDestination,
} from '@coffer/audit';
import type { AuditConfiguration, AuditSinkConfiguration, KafkaConfiguration } from '@coffer/config';
import { TopicSender } from '@coffer/messaging';
import type { Logger, Metrics } from '@coffer/observability';
import { CofferError, type Clock } from '@coffer/secrets';
import { ThrottledLogger } from '../throttled-logger.js';
import { KafkaDestination } from './kafka-destination.js';

export interface OpenAuditOptions {
  readonly configuration: AuditConfiguration;
  /** Where records go if no sink is configured. */
  readonly fallback: AuditSinkConfiguration;
  /** The cluster that a sink of type `kafka` writes to. */
  readonly kafka?: KafkaConfiguration | undefined;
  /** The name of the role. */
  readonly process: string;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
}

const STREAMS = [0, 1, 2];

const kafkaDestination = (
  topic: string,
  { kafka, logger, process: role, clock }: OpenAuditOptions,
): AuditDestination => {
  if (kafka === undefined) {
    throw new CofferError(
      'configuration',
      'configuration: a sink of coffer.audit of type kafka needs kestra.kafka.client.properties (or coffer.kafka)',
    );
  }
  const throttled = new ThrottledLogger(logger, clock);
  const log = (_: string, message: string): void =>
    throttled.log('debug', { kafka: message }, 'message of the Kafka client', message);
  return new KafkaDestination(new TopicSender({ configuration: kafka, topic, log }), `${role}-${randomUUID()}`);
};

const destinationOf = (sink: AuditSinkConfiguration, options: OpenAuditOptions): AuditDestination => {
  switch (sink.type) {
    case 'stdout':
      return new StdoutDestination();
    case 'file':
      refuseLooseAuditFiles(sink.path);
      return new FileDestination(sink.path);
    case 'kafka':
      return kafkaDestination(sink.topic, options);
    case 'http':
      return new HttpDestination(sink);
  }
};

/** `file`, or `file 2` where it is not the first of its type: a label of metrics, and never an address. */
const namesOf = (sinks: readonly AuditSinkConfiguration[]): readonly string[] =>
  sinks.map(({ type }, index) => {
    const number = sinks.slice(0, index + 1).filter((other) => other.type === type).length;
    return number === 1 ? type : `${type} ${number}`;
  });

const reasonOf = (error: unknown): string => {
  if (CofferError.is(error)) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
};

/**
 * The way of this process's records, over the sinks of `coffer.audit`. Files are opened anew at SIGHUP. Throws `configuration`
 * for a file that others may read.
 */
export const openAudit = (options: OpenAuditOptions): AuditTrail => {
  const { configuration, fallback, process: role, metrics, logger, clock } = options;
  const configured = configuration.sinks.length > 0 ? configuration.sinks : [fallback];
  const names = namesOf(configured);
  const now = (): number => clock.wall();
  const sinks = configured.map((each, index) => {
    const sink = names[index] as string;
    return new AuditSink({
      ...{
        name: sink,
        process: role,
        destination: destinationOf(each, options),
        queueMaxBytes: configuration.queue,
        now,
      },
      metrics: {
        written: (records) => metrics.audit.records.inc({ sink }, records),
        lost: (records) => metrics.audit.lost.inc({ sink }, records),
        failed: () => metrics.audit.failures.inc({ sink }),
      },
      onTrouble: (error) => {
        metrics.audit.failing.set({ sink }, error === undefined ? 0 : 1);
        if (error === undefined) logger.info({ sink }, 'the sink of the audit takes records again');
        else logger.error({ sink, reason: reasonOf(error) }, 'a sink of the audit does not take records; trying again');
      },
    });
  });
  for (const sink of sinks) {
    metrics.audit.failing.set({ sink: sink.name }, 0);
    metrics.watchBudget(`audit ${sink.name}`, () => sink.memory);
  }
  const refused = (records: number): void => metrics.audit.refused.inc(records);
  const file = configured.find((each) => each.type === 'file')?.path;
  const trail = new AuditTrail({ sinks, file, timeoutMs: configuration.timeout, now, refused });
  // Where there is a terminal, SIGHUP says that it is gone, and ends the process.
  if (!STREAMS.some((stream) => isatty(stream))) process.on('SIGHUP', () => trail.reopen());
  return trail;
};
