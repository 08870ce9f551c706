import { reactive, readonly } from 'vue';
import { hasCode } from '../api/api-error.js';
import { onForbidden, onSignedOut } from '../api/request.js';
import { signOut as endSession, whoami } from '../api/session.js';
import type { Grant, Permission } from '../api/types.js';

interface SessionState {
  status: 'unknown' | 'in' | 'out';
  tenant: string;
  principal: string;
  until: string | undefined;
  idleUntil: string | undefined;
  grants: readonly Grant[];
}

const signedOutState = (): SessionState => ({
  ...{ status: 'out', tenant: '', principal: '', until: undefined, idleUntil: undefined, grants: [] },
});

const state = reactive<SessionState>({ ...signedOutState(), status: 'unknown' });

const HINT = 'coffer.signed-in';
/**
 * Whether this browser may have a session: the cookie itself cannot be read. Without the hint nobody is asked, so that a
 * first visit is no refused request.
 */
export const expectSession = (expected: boolean): void => {
  try {
    if (expected) localStorage.setItem(HINT, 'yes');
    else localStorage.removeItem(HINT);
  } catch {
    // Storage is refused: `mayHaveSession` says so.
  }
};
const mayHaveSession = (): boolean => {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return true;
  }
};

/** Who is signed in, and what they may do in the tenant that is shown. */
export const session = readonly(state);

const forgetters = new Set<() => void>();
/** Called when a session ends: whatever was shown to it is dropped, so that the back button shows nothing. */
export const onForget = (forget: () => void): void => void forgetters.add(forget);

export const forgetSession = (): void => {
  // The tenant stays: what is still shown until the next page is there has links to it.
  Object.assign(state, { ...signedOutState(), tenant: state.tenant });
  expectSession(false);
  for (const forget of forgetters) forget();
};

onSignedOut(() => {
  if (state.status === 'in') forgetSession();
});

/** Asks who is signed in. Rejects where that cannot be found out. */
export const loadSession = async (tenant: string): Promise<void> => {
  if (!mayHaveSession()) return forgetSession();
  try {
    const { principal, grants, session: times } = await whoami(tenant);
    Object.assign(state, {
      ...{ status: 'in', tenant, principal, grants },
      ...{ until: times?.until, idleUntil: times?.idleUntil },
    });
  } catch (error) {
    if (!hasCode(error, 'unauthorized')) throw error;
    forgetSession();
  }
};

let rechecking: Promise<void> | undefined;
/**
 * Asks again who is signed in and what they may do, after something showed that this may have changed; one question at a
 * time. Never rejects: what cannot be found out stays as it was.
 */
export const recheckSession = (): Promise<void> => {
  if (state.status !== 'in') return Promise.resolve();
  return (rechecking ??= loadSession(state.tenant)
    .catch(() => undefined)
    .finally(() => (rechecking = undefined)));
};
onForbidden(() => void recheckSession());
// Another page of this browser has signed out.
addEventListener('storage', ({ key, newValue }) => {
  if (key === HINT && newValue === null) void recheckSession();
});

export const signOut = async (): Promise<void> => {
  // Nothing more is asked for by itself: it would be refused as soon as the session has ended.
  state.status = 'out';
  try {
    await endSession();
  } finally {
    forgetSession();
  }
};

const covers = (granted: string, namespace: string): boolean =>
  granted === '*' || namespace === granted || namespace.startsWith(`${granted}.`);

/** Whether a grant allows it in the namespace; without one, anywhere in the tenant. The gateway decides; this only hides. */
export const may = (permission: Permission, namespace?: string): boolean =>
  state.grants.some(
    (grant) =>
      grant.permissions.includes(permission) && (namespace === undefined || covers(grant.namespace, namespace)),
  );
