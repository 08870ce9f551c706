import { CofferError } from '@coffer/secrets';

/** RFC 7617 knows no colon in it; `${` would be a placeholder of the configuration. */
const USERNAME = /^[^:$\u0000-\u001f\u007f]+$/;

export const parseUsername = (text: string): string => {
  if (USERNAME.test(text)) return text;
  throw new CofferError('invalid', 'a user name must not be empty or contain a colon, a $ or a control character');
};
