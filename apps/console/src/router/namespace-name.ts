/** What a namespace looks like, for the attribute `pattern` of a field. */
export const NAMESPACE_PATTERN = '[a-z0-9][a-z0-9._\\-]*';

const EXPRESSION = new RegExp(`^(?:${NAMESPACE_PATTERN})$`, 'v');

/** Whether a text may name a namespace; the gateway has the last word. */
export const isNamespaceName = (text: string): boolean => EXPRESSION.test(text);
