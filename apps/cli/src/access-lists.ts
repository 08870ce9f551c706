import type { AccessList } from '@coffer/config';
import { CofferError } from '@coffer/secrets';

export const TOKENS = { list: 'tokens', name: 'id' } as const satisfies AccessList;
export const USERS = { list: 'users', name: 'username' } as const satisfies AccessList;

export const ROLES = { list: 'roles', name: 'id' } as const satisfies AccessList;
export const BREAK_GLASS = { list: 'breakGlass', name: 'id' } as const satisfies AccessList;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const parseId = (text: string): string => {
  if (NAME.test(text)) return text;
  throw new CofferError('invalid', 'the id must have 1 to 64 letters, digits, ., _ and -, for example ci-deploy');
};

/** What the running processes make of a change. */
export const COUNTS_SOON = 'Every running process that reads the file sees it within 2 seconds.\n';
