import { childEnvironment, type Environment } from './environment.js';
import { isFileName, PrivateFiles } from './private-files.js';

export interface DeliveryOptions {
  readonly own: Environment;
  readonly preserved: readonly string[] | 'all';
  /** Files of a private folder instead of variables. */
  readonly files: boolean;
}

/** What a program is given. */
export interface Given {
  readonly environment: Environment;
  readonly warnings: readonly string[];
  /** Equal for two that give a program the same. */
  readonly content: string;
}

/** How values come to a program: as variables of its environment, or as files of a folder that `COFFER_FILES` names. */
export class Delivery {
  readonly #files: PrivateFiles | undefined;

  constructor(private readonly options: DeliveryOptions) {
    this.#files = options.files ? PrivateFiles.make(options.own) : undefined;
  }

  /** Changes nothing. */
  of(values: ReadonlyMap<string, string>): Given {
    const { own, preserved } = this.options;
    if (this.#files === undefined) {
      const { environment, warnings } = childEnvironment({ own, values, preserved });
      return { environment, warnings, content: JSON.stringify(environment) };
    }
    const { environment } = childEnvironment({ own, values: new Map(), preserved });
    const named = [...values].filter(([key]) => isFileName(key));
    const warnings = [...values.keys()]
      .filter((key) => !isFileName(key))
      .map((key) => `${JSON.stringify(key)} is left out: it is no name of a file`);
    return {
      environment: { ...environment, COFFER_FILES: this.#files.folder },
      warnings,
      content: JSON.stringify(named),
    };
  }

  /** Makes the files what they are to be; variables are given to the next process alone. */
  hand(given: Given): void {
    this.#files?.write(new Map(JSON.parse(given.content) as readonly (readonly [string, string])[]));
  }

  /** Leaves nothing behind. */
  end(): void {
    this.#files?.remove();
  }
}
