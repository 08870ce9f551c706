import { reactive, readonly } from 'vue';
import { listNamespaces } from '../api/secrets.js';
import type { NamespaceSummary, UnlistedStore } from '../api/types.js';
import { onForget, session } from './session.js';

interface NamespacesState {
  status: 'idle' | 'loading' | 'ready' | 'failed';
  tenant: string;
  all: readonly NamespaceSummary[];
  /** Stores whose namespaces may be missing. */
  unlisted: readonly UnlistedStore[];
  error: unknown;
}

const NOTHING: Pick<NamespacesState, 'all' | 'unlisted' | 'error'> = { all: [], unlisted: [], error: undefined };

const state = reactive<NamespacesState>({ status: 'idle', tenant: '', ...NOTHING });

/** The namespaces that the caller may see something of, parents before their children. */
export const namespaces = readonly(state) as Readonly<NamespacesState>;

onForget(() => Object.assign(state, { status: 'idle', tenant: '', ...NOTHING }));

/** How long changes are gathered before the counts are asked for again. */
const REFRESH_DELAY_MS = 400;
/** How long the stream of changes is waited for before the namespaces are first asked for. */
const STREAM_TIMEOUT_MS = 500;
/** Whether they were asked for since the tenant was chosen: what changes before that is no reason to ask. */
let isAsked = false;
let timer: ReturnType<typeof setTimeout> | undefined;

export const loadNamespaces = async (): Promise<void> => {
  const { tenant } = session;
  isAsked = true;
  if (tenant !== state.tenant) Object.assign(state, { tenant, ...NOTHING });
  if (state.all.length === 0) state.status = 'loading';
  try {
    const { namespaces: all, unlisted } = await listNamespaces(tenant);
    if (tenant === session.tenant) Object.assign(state, { status: 'ready', all, unlisted, error: undefined });
  } catch (error) {
    if (tenant === session.tenant) Object.assign(state, { status: 'failed', error });
  }
};

/** Asks for those of the tenant that is shown now, once `followed` says that no change after that is missed, and soon in any case. */
export const loadFirstNamespaces = async (followed: Promise<void>): Promise<void> => {
  const { tenant } = session;
  Object.assign(state, { tenant, ...NOTHING, status: 'loading' });
  isAsked = false;
  await Promise.race([followed, new Promise((resolve) => setTimeout(resolve, STREAM_TIMEOUT_MS))]);
  if (tenant === state.tenant && session.status === 'in' && tenant === session.tenant) await loadNamespaces();
};

/** After something changed, at most once in a while. */
export const refreshNamespaces = (): void => {
  if (!isAsked) return;
  timer ??= setTimeout(() => {
    timer = undefined;
    if (session.status === 'in') void loadNamespaces();
  }, REFRESH_DELAY_MS);
};

// The browser may keep the page to go back to, for somebody who has signed out meanwhile: it asks nothing then.
addEventListener('pagehide', () => {
  clearTimeout(timer);
  timer = undefined;
});

export const summaryOf = (namespace: string): NamespaceSummary | undefined =>
  state.all.find((each) => each.namespace === namespace);
