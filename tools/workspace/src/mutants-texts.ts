/** The part of a path of Babel that is looked at here. */
interface NodePath {
  readonly node: { readonly callee?: Callee; readonly arguments?: readonly unknown[] };
  readonly parentPath: NodePath | null;
  isStringLiteral(): boolean;
  isTemplateLiteral(): boolean;
  isBinaryExpression(shape: { operator: string }): boolean;
  isNewExpression(): boolean;
  isCallExpression(): boolean;
}

interface Callee {
  readonly name?: string;
  readonly property?: { readonly name?: string };
}

/** Errors whose code comes first and is more than a text. */
const CODED_ERRORS: ReadonlySet<string> = new Set(['CofferError', 'LoginError']);
/** Calls whose texts are for people. */
const TEXT_CALLS: ReadonlySet<string> = new Set([
  ...CODED_ERRORS,
  ...['Error', 'TypeError', 'RangeError', 'FetchError', 'PemProblem', 'Unresolved', 'corrupt', 'malformed'],
  ...['describe', 'meta', 'warn', 'info', 'error', 'debug'],
]);

/** Why a node is not mutated: it is a text, or a part of one, in a call that says something to people. */
function shouldIgnore(path: NodePath): string | undefined {
  if (!path.isStringLiteral() && !path.isTemplateLiteral()) return undefined;
  let { node, parentPath } = path;
  while (parentPath?.isBinaryExpression({ operator: '+' }) || parentPath?.isTemplateLiteral()) {
    ({ node, parentPath } = parentPath);
  }
  if (!parentPath?.isNewExpression() && !parentPath?.isCallExpression()) return undefined;
  const { callee, arguments: given = [] } = parentPath.node;
  const name = callee?.property?.name ?? callee?.name ?? '';
  if (!TEXT_CALLS.has(name) || (CODED_ERRORS.has(name) && given[0] === node)) return undefined;
  return 'A text for people.';
}

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [{ kind: 'Ignore', name: 'text', value: { shouldIgnore } }];
