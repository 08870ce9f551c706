/** The part of a path of Babel that is looked at here. */
interface NodePath {
  readonly node: AstNode;
  readonly parentPath: NodePath | null;
}

interface AstNode {
  readonly type: string;
  readonly operator?: string;
  readonly left?: AstNode;
  readonly right?: AstNode;
  readonly argument?: AstNode;
  readonly test?: AstNode;
  readonly consequent?: AstNode;
  readonly object?: AstNode;
  readonly property?: { readonly name?: string; readonly id?: { readonly name?: string } };
}

const nameOf = (node: AstNode | undefined): string | undefined => node?.property?.id?.name ?? node?.property?.name;

/** `this.rules.NAME`, or whatever else holds the rules of the protocol. */
const isRule = (node: AstNode | undefined): boolean =>
  node?.type === 'MemberExpression' && ['rules', 'obeyed', 'protocolRules'].includes(nameOf(node.object) ?? '');

/** Whether this holds only where a rule is not obeyed: `!rule`, also beside other conditions. */
const needsNoRule = (node: AstNode | undefined): boolean => {
  if (node?.type === 'UnaryExpression') return node.operator === '!' && isRule(node.argument);
  if (node?.type !== 'LogicalExpression' || node.operator !== '&&') return false;
  return needsNoRule(node.left) || needsNoRule(node.right);
};

/** Why a node is not mutated: it is the question whether a rule is obeyed, or what happens only where one is not. */
function shouldIgnore(path: NodePath): string | undefined {
  const why = 'Every rule of the protocol is obeyed, but where the simulation leaves one out.';
  if (isRule(path.node)) return why;
  for (let at: NodePath | null = path; at !== null; at = at.parentPath) {
    const parent: AstNode | undefined = at.parentPath?.node;
    if (at.node.type === 'LogicalExpression' && needsNoRule(at.node)) return why;
    const isBranch = parent?.type === 'IfStatement' && (at.node === parent.test || at.node === parent.consequent);
    if (isBranch && needsNoRule(parent.test)) return why;
  }
  return undefined;
}

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [{ kind: 'Ignore', name: 'rules', value: { shouldIgnore } }];
