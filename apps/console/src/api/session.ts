import { cofferPath, request } from './request.js';
import type { SignInMethods, Whoami } from './types.js';

export type SignIn = { token: string } | { username: string; password: string };

export const signInMethods = async (): Promise<SignInMethods> =>
  (await request<SignInMethods>('GET', '/session/methods')).body;

export const signIn = async (credentials: SignIn): Promise<void> => {
  await request('POST', '/session', { body: credentials });
};

export const signOut = async (): Promise<void> => {
  await request('DELETE', '/session');
};

export const whoami = async (tenant: string): Promise<Whoami> =>
  (await request<Whoami>('GET', cofferPath(tenant, '/whoami'))).body;

/** Where the browser goes to sign in at an identity server; `to` is a path below `/ui`. */
export const issuerAddress = (issuer: string, to: string): string =>
  `/session/issuers/${encodeURIComponent(issuer)}/start?to=${encodeURIComponent(to)}`;
