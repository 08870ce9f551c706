import { parseSync } from '@swc/core';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './checkout.ts';
import type { Expression } from '@swc/core';

/** A property or a benchmark of apps/e2e, as its file declares it (harness/property.ts says what its fields mean). */
interface Declared {
  /** Its path in the repository. */
  file: string;
  name: string;
  title: string;
  shows: string;
  servers: string[];
  ownServers: string[];
  /** Whether it has quick options, so that it is a suite as well. */
  suite: boolean;
}

/** Undefined where it is no literal. */
function literal(expression: Expression): unknown {
  if (expression.type === 'StringLiteral') return expression.value;
  if (expression.type !== 'ArrayExpression') return undefined;
  const values = expression.elements.map((element) =>
    element && !element.spread ? literal(element.expression) : undefined,
  );
  return values.includes(undefined) ? undefined : values;
}

/**
 * Reads what a file declares without running it: a suite's servers are started before anything of it is built. Throws
 * where a field that is needed is absent or no literal.
 * `file`: its path in the repository.
 */
export function readProperty(file: string, text: string): Declared {
  const { body } = parseSync(text, { syntax: 'typescript' });
  const exported = body.find((item) => item.type === 'ExportDefaultExpression');
  const call = exported?.type === 'ExportDefaultExpression' ? exported.expression : undefined;
  const argument = call?.type === 'CallExpression' ? call.arguments[0]?.expression : undefined;
  if (argument?.type !== 'ObjectExpression') throw new Error(`${file} has no "export default property({…})"`);
  const fields: Map<string, Expression> = new Map();
  for (const field of argument.properties) {
    if (field.type === 'KeyValueProperty' && field.key.type === 'Identifier') fields.set(field.key.value, field.value);
  }
  const read = (name: string, absent: unknown) => {
    const expression = fields.get(name);
    const value = expression === undefined ? absent : literal(expression);
    if (value === undefined) throw new Error(`${file}: "${name}" must be there, and a literal: tools read it unrun`);
    return value;
  };
  const name = read('name', undefined);
  if (name !== basename(file, '.ts')) throw new Error(`${file}: "name" must be that of the file`);
  return {
    file,
    name,
    title: read('title', undefined),
    shows: read('shows', undefined),
    servers: read('servers', undefined),
    ownServers: read('ownServers', []),
    suite: fields.has('quick'),
  } as Declared;
}

/** Returns those that prove, then those that measure, each by their names. */
export const properties = (): Declared[] =>
  ['properties', 'benchmarks'].flatMap((folder) =>
    globSync(`apps/e2e/src/${folder}/*.ts`, { cwd: root })
      .sort()
      .map((file) => readProperty(file, readFileSync(join(root, file), 'utf8'))),
  );

/** What Node runs at the top of the checkout. */
export const argumentsOf = (name: string) => ['--disable-warning=TimeoutNegativeWarning', 'apps/e2e/dist/run.js', name];

export const commandOf = (name: string) => ['node', ...argumentsOf(name)].join(' ');
