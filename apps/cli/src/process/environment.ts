/** What every shell and system takes for the name of a variable. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Variables that decide which code a process runs before its own. Whoever may write a secret would run theirs with the rights of
 * every process that gets it, so no secret sets them.
 */
const RESERVED = new RegExp(
  `^(${[
    ...['PATH', 'IFS', 'ENV', 'BASH_ENV', 'SHELLOPTS', 'BASHOPTS', 'PS4', 'PROMPT_COMMAND', 'GCONV_PATH'],
    ...['NODE_OPTIONS', 'PERL5OPT', 'RUBYOPT', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS', '_JAVA_OPTIONS'],
    ...['PYTHON[A-Z]*', 'PERL5?LIB', 'RUBYLIB', 'CLASSPATH', 'LD_.*', 'DYLD_.*', 'GIT_.*', 'COFFER_.*'],
  ].join('|')})$`,
);

/** Holds the token by which the values were read, which the process that gets them has no use for. */
const TOKEN = 'COFFER_TOKEN';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentOptions {
  /** Environment of the command itself. */
  readonly own: Environment;
  readonly values: ReadonlyMap<string, string>;
  /** Variables that keep their own value where they have one: these, or all. */
  readonly preserved: readonly string[] | 'all';
}

export interface ChildEnvironment {
  readonly environment: Environment;
  /** Why a value is not in it, a sentence each, which names the key and quotes no value. */
  readonly warnings: readonly string[];
}

const reasonAgainst = (key: string, value: string): string | undefined => {
  if (!NAME.test(key)) return 'is no name of a variable';
  if (RESERVED.test(key)) return 'is a variable that decides what a process runs';
  return value.includes('\0') ? 'has a value with a byte of 0, which no variable can hold' : undefined;
};

/** The environment of a process that gets values of secrets as variables. */
export const childEnvironment = ({ own, values, preserved }: EnvironmentOptions): ChildEnvironment => {
  const environment: Record<string, string | undefined> = { ...own, [TOKEN]: undefined };
  const warnings: string[] = [];
  for (const [key, value] of values) {
    const reason = reasonAgainst(key, value);
    if (reason !== undefined) warnings.push(`${JSON.stringify(key)} is left out: it ${reason}`);
    else if (own[key] === undefined || (preserved !== 'all' && !preserved.includes(key))) environment[key] = value;
  }
  return { environment, warnings };
};
