import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes, type AclEntry } from 'kafkajs';

const PAGE = join(__dirname, '../../../../../docs/operations/distributed.md');

const OPERATIONS: Readonly<Record<string, AclOperationTypes>> = {
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
};

/** The values of an option that may be given several times. */
const valuesOf = (line: string, option: string): string[] =>
  Array.from(line.matchAll(new RegExp(`--${option} (\\S+)`, 'g')), ([, value = '']) => value);

/** What one command allows; throws for what this reads otherwise than `kafka-acls` would. */
const entriesOf = (line: string): AclEntry[] => {
  const [principal, ...others] = valuesOf(line, 'allow-principal');
  if (principal === undefined || others.length > 0) throw new Error(`not one principal: ${line}`);
  const [pattern = 'literal'] = valuesOf(line, 'resource-pattern-type');
  const resources = [
    ...valuesOf(line, 'topic').map((name) => [AclResourceTypes.TOPIC, name] as const),
    ...valuesOf(line, 'group').map((name) => [AclResourceTypes.GROUP, name] as const),
  ];
  return valuesOf(line, 'operation').flatMap((name) => {
    const operation = OPERATIONS[name];
    if (operation === undefined) throw new Error(`an operation that is not known: ${line}`);
    return resources.map(([resourceType, resourceName]) => ({
      principal,
      operation,
      resourceType,
      resourceName,
      host: '*',
      permissionType: AclPermissionTypes.ALLOW,
      resourcePatternType: pattern === 'prefixed' ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    }));
  });
};

/** The ACLs of all roles, as the commands of docs/operations/distributed.md make them. */
export const documentedAcls = (): AclEntry[] => {
  const page = readFileSync(PAGE, 'utf8');
  const [, script = ''] = /```sh\n([^`]*kafka-acls[^`]*)```/.exec(page) ?? [];
  const [, topics = ''] = /^topics='([^']*)'$/m.exec(script) ?? [];
  const [, roles = '', body = ''] = /^for role in ([^;]*); do\n([^]*?)^done$/m.exec(script) ?? [];
  const outside = script.replace(/^for [^]*?^done$/m, '');
  const lines = [
    ...roles.split(' ').flatMap((role) => body.split('\n').map((line) => line.replaceAll('$role', role))),
    ...outside.split('\n'),
  ];
  return lines
    .filter((line) => line.trimStart().startsWith('kafka-acls'))
    .flatMap((line) => entriesOf(line.replaceAll('$topics', topics)));
};
