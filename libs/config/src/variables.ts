import type { Environment } from './interpolate.js';
import { showPath, type Step } from './key-case.js';
import { unknownKey } from './nearest-key.js';
import type { ConfigErrors } from './config-errors.js';
import { emptinessOf, settingNames, shapeOf, slipIn, type Schema } from './schema-shape.js';
import { Literal } from './resolve-placeholders.js';
import { withLeaf } from './tree.js';

/**
 * Variables that begin like settings and are none: Coffer's own switches, those of its command line and its tests, and
 * what Kubernetes sets in every pod of a namespace with a service called `coffer`.
 */
const NO_SETTING =
  /^COFFER_(CONFIG|PORT|DATA_DIR|TOKEN|URL|TEST_\w+|(\w+_)?SERVICE_(HOST|PORT(_\w+)?)|(\w+_)?PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)$/;
const SERVICE_LINK = /^(tcp|udp):\/\//;

/** A way into the schema that uses up the first words of a variable's name. */
interface Match {
  readonly path: readonly Step[];
  readonly schema: Schema;
  readonly rest: readonly string[];
  /** Whether an unknown key here is an error. */
  readonly strict: boolean;
  /** Whether this is the place of one text. */
  readonly setting: boolean;
}

/**
 * Micronaut's form: upper case, words joined by `_`, which may stand for a dot, a hyphen, a change of case or nothing.
 * The schema decides which: `AWS_SECRET_MANAGER` and `AWSSECRETMANAGER` are both `awsSecretManager`. A number is an index
 * of a list. Tries the longest key first, and goes back where that leads nowhere.
 */
const matches = function* (match: Match): Generator<Match> {
  const { path, schema, rest } = match;
  const shape = shapeOf(schema);
  const [first] = rest;
  if (first !== undefined && shape.kind === 'group') {
    const strict = match.strict || shape.strict;
    for (let length = rest.length; length > 0; length--) {
      const known = shape.keys.get(rest.slice(0, length).join('').toLowerCase());
      if (known === undefined) continue;
      yield* matches({
        path: [...path, known.name],
        schema: known.schema,
        rest: rest.slice(length),
        strict,
        setting: false,
      });
    }
  } else if (first !== undefined && shape.kind === 'list' && /^\d{1,4}$/.test(first)) {
    yield* matches({ ...match, path: [...path, Number(first)], schema: shape.item, rest: rest.slice(1) });
  } else if (first !== undefined && shape.kind === 'map') {
    const key = rest.map((word) => word.toLowerCase()).join(shape.separator);
    yield { ...match, path: [...path, key], rest: [], setting: true };
  }
  yield {
    ...match,
    strict: match.strict || (shape.kind === 'group' && shape.strict),
    setting: rest.length === 0 && (shape.kind === 'leaf' || shape.kind === 'list'),
  };
};

/**
 * `tree` with the settings that variables hold. An empty variable that names a setting is a problem, unless the setting may be
 * empty. A variable that only the configuration's
 * placeholders use (`mentioned`) may be called anything.
 */
export const withVariables = (
  tree: unknown,
  schema: Schema,
  env: Environment,
  mentioned: ReadonlySet<string>,
  errors: ConfigErrors,
): unknown => {
  let result = tree;
  for (const name of Object.keys(env).sort()) {
    const value = env[name];
    if (value === undefined || NO_SETTING.test(name)) continue;
    if (name.endsWith('_PORT') && SERVICE_LINK.test(value)) continue;
    const words = name.split('_');
    if (!/^[A-Z]/.test(name) || words.includes('')) continue;
    const [found, nearest] = best({ path: [], schema, rest: words, strict: false, setting: false });
    if (value.trim() === '') {
      if (found !== undefined && emptinessOf(found.schema) === 'refused' && !mentioned.has(name)) {
        errors.add(`the variable ${name}`, `is set and empty; give ${showPath(found.path)} a value, or unset it`);
      }
    } else if (found !== undefined) {
      result = withLeaf(result, found.path, new Literal(value));
    } else if (!mentioned.has(name)) {
      const slip = nearest.strict ? undefined : slipOf(nearest);
      if (slip !== undefined)
        errors.add(`the variable ${name}`, unknownKey(showPath(slip.path), [showPath(slip.path)]));
      else if (nearest.strict) errors.add(`the variable ${name}`, missed(nearest));
    }
  }
  return result;
};

const best = (start: Match): [Match | undefined, Match] => {
  let nearest = start;
  for (const match of matches(start)) {
    if (match.setting) return [match, match];
    if (match.rest.length < nearest.rest.length) nearest = match;
  }
  return [undefined, nearest];
};

/**
 * The place that the next words are a slip of, where what follows them is known below it: `kestra.secret` for
 * `KESTRA_SECRETS_TYPE`. Never of a variable's first word.
 */
const slipOf = ({ path, schema, rest }: Match): Match | undefined => {
  const shape = shapeOf(schema);
  if (path.length === 0 || shape.kind !== 'group') return undefined;
  for (const index of rest.keys()) {
    const found = slipIn(shape, rest.slice(0, index + 1).join(''));
    if (found === undefined) continue;
    const below = { path: [...path, found.name], schema: found.schema, rest: rest.slice(index + 1) };
    const [setting] = best({ ...below, strict: false, setting: false });
    if (setting !== undefined) return setting;
  }
  return undefined;
};

const missed = ({ path, schema, rest }: Match): string => {
  const known = settingNames(schema).map((name) => [...path, name].join('.'));
  return unknownKey([...path, ...rest].join(''), known);
};
