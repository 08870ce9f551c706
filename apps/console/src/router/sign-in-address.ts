/** Why a log-in at an identity server came to nothing. */
export const SIGN_IN_ERRORS: readonly string[] = [
  'expired',
  'denied',
  'refused',
  'no-grants',
  'too-many-claims',
  'unavailable',
];

/** Where to go after signing in: a path of this application's own, whatever the address says. */
export const pathAfterSignIn = (to: string): string => {
  const path = to.startsWith('/ui/') ? to.slice('/ui'.length) : to;
  return /^\/(?![/\\])/.test(path) && !path.startsWith('/sign-in') ? path : '/';
};
