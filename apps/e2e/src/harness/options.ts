import { parseArgs, type ParseArgsOptionDescriptor } from 'node:util';

export interface ParsedOptions<O> {
  readonly options: O;
  readonly quick: boolean;
  readonly help: boolean;
}

const flagOf = (name: string): string => name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

/** The value of a flag, of the kind that the default has. */
const convert = (flag: string, kind: unknown, text: string | boolean | undefined): unknown => {
  if (typeof kind !== 'number') return text;
  const number = Number(text);
  if (typeof text === 'string' && text.trim() !== '' && number >= 0 && Number.isFinite(number)) return number;
  throw new Error(`--${flag} must be a number, 0 or more`);
};

/**
 * Options from a command line: a flag for each key of `full`, which holds the defaults, or of `quick` where `--quick` is
 * given. A list is a flag that may be repeated and then replaces the default. Throws for a flag that there is not.
 */
export const parseOptions = <O extends object>(
  full: O,
  quick: Partial<O> | undefined,
  args: readonly string[],
): ParsedOptions<O> => {
  const names = new Map(Object.keys(full).map((name) => [flagOf(name), name as keyof O & string]));
  const descriptors = Array.from(names, ([flag, name]): [string, ParseArgsOptionDescriptor] => {
    const kind: unknown = full[name];
    return [flag, { type: typeof kind === 'boolean' ? 'boolean' : 'string', multiple: Array.isArray(kind) }];
  });
  const { values } = parseArgs({
    args: [...args],
    options: { ...Object.fromEntries(descriptors), quick: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  const isQuick = values['quick'] === true;
  if (isQuick && quick === undefined) throw new Error('there are no quick options');
  const given = Array.from(names).flatMap(([flag, name]): [string, unknown][] => {
    const value = (values as Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>)[flag];
    if (value === undefined) return [];
    const kind: unknown = full[name];
    if (Array.isArray(value)) return [[name, value.map((each) => convert(flag, (kind as unknown[])[0], each))]];
    return [[name, convert(flag, kind, value)]];
  });
  const options = { ...full, ...(isQuick ? quick : {}), ...Object.fromEntries(given) };
  return { options, quick: isQuick, help: values['help'] === true };
};

/** One line for each flag, with its default. */
export const describeOptions = (full: object): string =>
  Object.entries(full)
    .map(([name, value]: [string, unknown]) => {
      const list = Array.isArray(value);
      const kind: unknown = list ? value[0] : value;
      const argument = typeof kind === 'boolean' ? '' : typeof kind === 'number' ? ' N' : ' TEXT';
      const shown = list ? value.join(', ') : String(value);
      return (
        `  --${flagOf(name)}${argument}${list ? '…' : ''}`.padEnd(24) + ` default ${shown === '' ? 'none' : shown}`
      );
    })
    .join('\n');
