import {
  EVERYTHING,
  loadAccess,
  loadConfiguration,
  loadServerTls,
  type AccessConfiguration,
  type Configuration,
  type Needs,
  type ServerTlsConfiguration,
  type ReadFile,
} from '@coffer/config';
import { forbidCrashFiles, createLogger, standardErr, standardOut, type Logger } from '@coffer/observability';
import type { CofferError } from '@coffer/secrets';
import { wantsHelp } from './service-arguments.js';
import { stopReport, type StopCause } from './stop-report.js';

export interface ServiceContext {
  /** The name of the role. */
  readonly name: string;
  readonly configuration: Configuration;
  readonly needs: Needs;
  /** Reads the configuration again, to see changes; `readFile` in place of the file system's. */
  readonly reload: (readFile?: ReadFile) => Configuration;
  /** As `reload`, of `coffer.access` alone; `undefined` where the configuration says nothing about it. */
  readonly reloadAccess: (readFile?: ReadFile) => AccessConfiguration | undefined;
  /** As `reload`, of `coffer.server.tls` alone; `undefined` where the configuration says nothing about it. */
  readonly reloadTls: (readFile?: ReadFile) => ServerTlsConfiguration | undefined;
  readonly logger: Logger;
  /** Ends the process with 1: it can no longer know what holds. */
  readonly fail: (error: CofferError) => void;
}

export interface ServiceDefinition {
  /** The name of the role, by which its traces are called. */
  readonly name: string;
  /** The text of `--help`. */
  readonly help: string;
  /** What of the configuration it uses; defaults to everything. */
  readonly needs?: Needs;
  /** Resolves once the service listens; what it needs may still be missing. */
  readonly start: (context: ServiceContext) => Promise<Service>;
}

export interface Service {
  /** Resolves with the service's address once it does its work. */
  ready(): Promise<string>;
  /** Finishes what is in hand, then lets everything go. */
  close(): Promise<void>;
}

/** A line for people on standard output. */
export const print = (line: string): void => standardOut().write(`${line}\n`);

const printError = (error: unknown, cause?: StopCause): void => {
  standardErr().write(`coffer: ${stopReport(error, cause)}\n`);
};

/**
 * Runs a service as this process: configuration, log, signals, and errors as sentences without values. Ends with 0
 * after SIGINT or SIGTERM, with 1 after anything else that ends it, a second signal among them.
 */
export const runService = async ({ name, help, needs = EVERYTHING, start }: ServiceDefinition): Promise<void> => {
  // What this process makes is its owner's alone.
  process.umask(0o077);
  forbidCrashFiles();
  // Whatever writes to them: an error of theirs ends no process from here on.
  standardOut();
  standardErr();
  const argv = process.argv.slice(2);
  const fail = (error: unknown, cause?: StopCause): never => {
    printError(error, cause);
    process.exit(1);
  };
  // Nobody knows what was left half done: the process ends at once, as it may at any moment, and its successor goes on.
  process.on('uncaughtException', (error) => fail(error, 'an exception that nothing caught'));
  process.on('unhandledRejection', (error) => fail(error, 'a rejection that nothing handled'));
  try {
    if (wantsHelp(argv)) return standardOut().write(help);
    const from = (readFile?: ReadFile) => ({ argv, ...(readFile && { readFile }) });
    const reload = (readFile?: ReadFile): Configuration => loadConfiguration({ needs, ...from(readFile) });
    const configuration = reload();
    const logger = createLogger(configuration.log.level);
    for (const warning of configuration.warnings) logger.warn(warning);
    const running: { service?: Service } = {};
    endOnSignals(async () => running.service?.close());
    running.service = await start({
      name,
      configuration,
      needs,
      reload,
      reloadAccess: (readFile) => loadAccess(from(readFile)),
      reloadTls: (readFile) => loadServerTls(from(readFile)),
      logger,
      fail: (error) => fail(error),
    });
    print(`ready ${await running.service.ready()}`);
  } catch (error) {
    fail(error);
  }
};

const endOnSignals = (close: () => Promise<void>): void => {
  let ending = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (ending) process.exit(1);
      ending = true;
      close().then(
        () => process.exit(0),
        (error: unknown) => {
          printError(error);
          process.exit(1);
        },
      );
    });
  }
};
