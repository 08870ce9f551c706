import { EventSource } from 'eventsource';
import { reactive, readonly, watch } from 'vue';
import { CSRF_HEADER, cofferPath } from '../api/request.js';
import { setListAge } from './list-state.js';
import { refreshNamespaces } from './namespaces.js';
import { afterTouch } from './attention.js';
import { may, onForget, recheckSession, session } from './session.js';

/** What a gateway tells of a secret. */
export interface LiveEvent {
  type: 'change' | 'delete' | 'writing' | 'cleared' | 'settled' | 'drift' | 'resync';
  namespace: string;
  key: string;
  version?: string;
  operation?: string;
}

interface LiveState {
  /** `off`: this gateway, or this caller, has no stream. */
  status: 'off' | 'connecting' | 'live' | 'catching-up';
}

const state = reactive<LiveState>({ status: 'off' });
export const live = readonly(state);

const listeners = new Set<(event: LiveEvent) => void>();
let source: EventSource | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let lastId = '';
/** Whose changes are followed, now or as soon as somebody looks at the page. */
let followed: string | undefined;

/** Returns what ends the subscription. */
export const onLiveEvent = (listener: (event: LiveEvent) => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const close = (): void => {
  clearTimeout(retry);
  source?.close();
  source = undefined;
};

export const disconnect = (): void => {
  followed = undefined;
  close();
  state.status = 'off';
};

onForget(disconnect);

const RETRY_DELAY_MS = 1_000;
/**
 * Access may have ended. A gateway judges a session as it was when the stream began: one that was used since goes on, as the
 * page does. Who left the page is not asked about, which would keep an idle session from ending.
 */
const revoked = (tenant: string): void => {
  disconnect();
  afterTouch(() => void goOn(tenant));
};

const goOn = async (tenant: string): Promise<void> => {
  await recheckSession();
  if (session.status !== 'in' || session.tenant !== tenant || !may('list') || followed !== undefined) return;
  followed = tenant;
  if (document.visibilityState !== 'hidden') open(tenant);
};

/** A stream that the caller may not have, or that this gateway does not offer. */
const FINAL = new Set([400, 401, 403, 404]);

const tell = (type: LiveEvent['type'], text: string): void => {
  const { namespace = '', key = '', reason, ...rest } = JSON.parse(text) as Partial<LiveEvent> & { reason?: string };
  const event: LiveEvent = { ...rest, type, namespace, key };
  if (reason === 'access') void recheckSession();
  for (const listener of listeners) listener(event);
  if (type !== 'writing' && type !== 'cleared' && type !== 'settled') refreshNamespaces();
};

/**
 * Follows the changes of a tenant. After an interruption it resumes where it was; where that is not possible the gateway
 * says `resync`, and whoever shows a list fetches it anew. Resolves as soon as no change after that is missed.
 */
export const connect = (tenant: string): Promise<void> => {
  disconnect();
  lastId = '';
  followed = tenant;
  if (document.visibilityState !== 'hidden') open(tenant);
  return begun();
};

/** Resolves once the stream is there, or is known not to come soon. */
const begun = (): Promise<void> =>
  new Promise((resolve) => {
    if (state.status !== 'connecting') return resolve();
    const end = watch(
      () => state.status,
      () => {
        end();
        resolve();
      },
      { flush: 'sync' },
    );
  });

/**
 * A browser has as few as six connections for one host, so a page that nobody sees keeps none: it resumes where it was once
 * it is seen.
 */
const suspend = (): void => {
  if (source === undefined && state.status === 'off') return;
  close();
  state.status = 'catching-up';
};
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') suspend();
  else if (followed !== undefined && source === undefined) open(followed);
});
// The browser keeps pages that it may go back to, with their connections. One that it goes back to is loaded anew.
addEventListener('pagehide', () => {
  suspend();
  followed = undefined;
});

const open = (tenant: string): void => {
  state.status = lastId === '' ? 'connecting' : 'catching-up';
  const since = lastId === '' ? '' : `?since=${encodeURIComponent(lastId)}`;
  const opened = new EventSource(cofferPath(tenant, '/events') + since, {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...CSRF_HEADER }, cache: 'no-store' }),
  });
  source = opened;
  const again = (): void => {
    opened.close();
    if (source !== opened) return;
    source = undefined;
    state.status = 'catching-up';
    clearTimeout(retry);
    retry = setTimeout(() => open(tenant), RETRY_DELAY_MS);
  };
  opened.addEventListener('ready', ({ lastEventId }) => {
    if (lastEventId !== '') lastId = lastEventId;
    state.status = 'live';
    // No event covers what was written since a list was asked for, where there was no position to resume from.
    if (since === '') tell('resync', '{}');
    // Another gateway, which says so itself if it does not reach the log either.
    else setListAge(undefined);
  });
  opened.addEventListener('stale', ({ data }) => {
    setListAge((JSON.parse(String(data)) as { ageSeconds: number }).ageSeconds);
  });
  opened.addEventListener('fresh', () => setListAge(undefined));
  for (const type of ['change', 'delete', 'writing', 'cleared', 'settled', 'drift', 'resync'] as const) {
    opened.addEventListener(type, ({ data, lastEventId }) => {
      if (lastEventId !== '') lastId = lastEventId;
      tell(type, String(data));
    });
  }
  opened.addEventListener('end', ({ data }) => {
    const { reason } = JSON.parse(String(data)) as { reason?: string };
    if (reason === 'revoked') revoked(tenant);
    else again();
  });
  opened.addEventListener('error', (event) => {
    if (event.code !== undefined && FINAL.has(event.code)) {
      if (source !== opened) return opened.close();
      disconnect();
      void recheckSession();
    } else {
      again();
    }
  });
};
