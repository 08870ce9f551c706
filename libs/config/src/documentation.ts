import type { z } from 'zod';
import { managerScope, rootSchema } from './schema/root.js';
import { innerOf, shapeOf, type Schema } from './schema-shape.js';

/** What the page says of one setting. */
export interface Setting {
  /** Dotted; `[]` stands for an entry of a list. */
  readonly name: string;
  readonly type: string;
  /** As it would be written. */
  readonly default?: string;
  /** Within its group, once that is there. */
  readonly required: boolean;
  /** Which way of authenticating it belongs to. */
  readonly authentication?: string;
  readonly description: string;
}

type Definition = z.core.$ZodTypes['_zod']['def'];

const definitionOf = (schema: Schema): Definition => (schema as z.core.$ZodTypes)._zod.def;

/** The schema, and what it is wrapped around, from the outside in. */
const layersOf = (schema: Schema): Schema[] => {
  const inner = innerOf(schema);
  return inner === undefined ? [schema] : [schema, ...layersOf(inner)];
};

/** What the outermost layer that says it says. */
const said = (layers: readonly Schema[], name: string): string | undefined =>
  layers.map((layer) => (layer as z.ZodType).meta()?.[name]).find((value) => typeof value === 'string');

const typeOf = (layers: readonly Schema[]): string => {
  const named = said(layers, 'type');
  if (named !== undefined) return named;
  const def = definitionOf(layers.at(-1) as Schema);
  if (def.type === 'array') return `list of ${typeOf(layersOf(def.element))}`;
  return def.type === 'record' ? 'map of names to texts' : 'anything';
};

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const durationText = (milliseconds: number): string => {
  const [unit, size] = UNITS.find(([, each]) => milliseconds % each === 0) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
};

const SIZES = [
  ['GiB', 1_073_741_824],
  ['MiB', 1_048_576],
  ['KiB', 1_024],
] as const;

const sizeText = (bytes: number): string => {
  const [unit, size] = SIZES.find(([, each]) => bytes % each === 0) ?? ['', 1];
  return `${bytes / size}${unit}`;
};

const defaultOf = (layers: readonly Schema[]): string | undefined => {
  const def = layers.map(definitionOf).find(({ type }) => type === 'default');
  if (def?.type !== 'default') return undefined;
  const value: unknown = def.defaultValue;
  if (typeof value === 'number' && typeOf(layers) === 'duration') return durationText(value);
  if (typeof value === 'number' && typeOf(layers) === 'size') return sizeText(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const settingOf = (name: string, schema: Schema): Setting => {
  const layers = layersOf(schema);
  const given = defaultOf(layers);
  const authentication = said(layers, 'auth');
  const optional = layers.map(definitionOf).some(({ type }) => type === 'optional');
  return {
    name,
    type: typeOf(layers),
    ...(given === undefined ? {} : { default: given }),
    required: given === undefined && !optional,
    ...(authentication === undefined ? {} : { authentication }),
    description: said(layers, 'description') ?? '',
  };
};

/** Every setting below a schema, in its order. An entry of `coffer.managers` is only shown where it differs from `kestra.secret`. */
export const settingsOf = (schema: Schema = rootSchema, name = ''): Setting[] => {
  const shape = shapeOf(name === 'coffer.managers[]' ? managerScope : schema);
  if (shape.kind === 'list' && shapeOf(shape.item).kind === 'group') return settingsOf(shape.item, `${name}[]`);
  if (shape.kind !== 'group') return [settingOf(name, schema)];
  return [...shape.keys.values()].flatMap((key) =>
    settingsOf(key.schema, name === '' ? key.name : `${name}.${key.name}`),
  );
};

const HEAD = `# Configuration

Generated from the schema in libs/config by \`npm run docs\`; not written by hand.

Coffer reads a YAML file (\`--config\`), Kestra's own where there is one, and environment variables. Names may be written in
camelCase, in kebab-case, dotted or nested; a variable is the name in capitals with \`_\`. What is not known is refused.

- **Required** means within its group, once the group is there.
- **Authentication** names the way of authenticating that a setting belongs to; without one it belongs to all.
- An entry of \`coffer.managers\` takes everything that \`kestra.secret\` takes, beside its scope.
- A setting that is there and empty (no value, \`''\`, or \`\${NAME:}\` with \`NAME\` unset) is an error that names its place, so that
  nothing silently becomes a default. To leave a setting out, leave out its key.
- A duration is written \`500ms\`, \`60s\`, \`1m\`, \`1h\`, \`2d\` or \`PT1M30S\`; a size \`512KiB\`, \`16MiB\` or \`1GiB\`.
`;

/** Settings that belong under one heading. */
const GROUPS: readonly (readonly [heading: string, prefix: string])[] = [
  ['AWS Secrets Manager', 'kestra.secret.awsSecretManager'],
  ['Azure Key Vault', 'kestra.secret.azureKeyVault'],
  ['Elasticsearch', 'kestra.secret.elasticsearch'],
  ['Google Secret Manager', 'kestra.secret.googleSecretManager'],
  ['Vault', 'kestra.secret.vault'],
  ['JDBC', 'kestra.secret.jdbc'],
  ['Cache', 'kestra.secret.cache'],
  ['The default manager', 'kestra.secret'],
  ['Kestra’s clusters and databases', 'kestra'],
  ['Kestra’s clusters and databases', 'datasources'],
  ['Coffer', 'coffer'],
];

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string | undefined): string => (text === undefined || text === '' ? '' : `\`${cell(text)}\``);

const rowOf = ({ name, type, required, authentication = '', description, ...setting }: Setting): string =>
  `| ${code(name)} | ${cell(type)} | ${code(setting.default)} | ${required ? 'yes' : ''} | ${cell(authentication)} | ${cell(description)} |`;

/** The whole of docs/configuration.md. */
export const configurationPage = (): string => {
  const sections = new Map<string, Setting[]>();
  for (const setting of settingsOf()) {
    const [heading = ''] = GROUPS.find(([, prefix]) => setting.name.startsWith(`${prefix}.`)) ?? [];
    sections.set(heading, [...(sections.get(heading) ?? []), setting]);
  }
  const tables = [...sections].map(([heading, settings]) =>
    [
      `## ${heading}`,
      '',
      '| setting | type | default | required | authentication | |',
      '| --- | --- | --- | --- | --- | --- |',
      ...settings.map(rowOf),
      '',
    ].join('\n'),
  );
  return `${HEAD}\n${tables.join('\n')}`;
};
