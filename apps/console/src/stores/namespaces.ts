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
let timer: ReturnType<typeof setTimeout> | undefined;

export const loadNamespaces = async (): Promise<void> => {
  const { tenant } = session;
  if (tenant !== state.tenant) Object.assign(state, { tenant, ...NOTHING });
  if (state.all.length === 0) state.status = 'loading';
  try {
    const { namespaces: all, unlisted } = await listNamespaces(tenant);
    if (tenant === session.tenant) Object.assign(state, { status: 'ready', all, unlisted, error: undefined });
  } catch (error) {
    if (tenant === session.tenant) Object.assign(state, { status: 'failed', error });
  }
};

/** After something changed, at most once in a while. */
export const refreshNamespaces = (): void => {
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
