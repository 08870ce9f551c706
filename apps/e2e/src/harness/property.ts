import type { Outcome } from './outcome.js';

/** Names of `tools/test-servers`. */
export type ServerName =
  | 'kafka'
  | 'redis'
  | 'postgresql'
  | 'mariadb'
  | 'h2'
  | 'moto'
  | 'azure-key-vault'
  | 'google-secret-manager'
  | 'vault'
  | 'elasticsearch'
  | 'chromium';

/**
 * Something that a run of the system proves or measures. Its file is the only place where it is declared:
 * `npm test` runs it with its quick options as a suite, `npm run figures -- NAME` with its full ones, and both start the
 * servers that it names. Tools read `name`, `title`, `shows` and the servers without running the file, so
 * these are literals (tools/workspace/src/properties.ts).
 */
export interface Property<O extends object> {
  /** The file's name without its ending. */
  readonly name: string;
  /** The heading of its figures. */
  readonly title: string;
  /** What a run is evidence of; a sentence. */
  readonly shows: string;
  /** Servers that are up while it runs and whose addresses its environment has. */
  readonly servers: readonly ServerName[];
  /** Servers that it starts for itself: a suite has them installed before it begins. */
  readonly ownServers?: readonly ServerName[];
  /** Options of the suite, where they differ from `full`. There is no suite without them. */
  readonly quick?: Partial<O>;
  /** Figures that the suite must print, by the beginnings of their names. */
  readonly quickFigures?: readonly string[];
  /** Options of the measurement, each of which is a flag of the command as well: `maxBytes` is `--max-bytes`. */
  readonly full: O;
  /** More of the command's help: what its options mean. */
  readonly help?: string;
  /** Rejects where it could not be run; what was found wrong is in the outcome. */
  run(options: O): Promise<Outcome>;
}

export const property = <O extends object>(definition: Property<O>): Property<O> => definition;
