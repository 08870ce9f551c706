import { computed, onBeforeUnmount, ref, shallowReactive, shallowRef, triggerRef, watch, type Ref } from 'vue';
import { isAborted } from '../api/api-error.js';
import { searchSecrets } from '../api/secrets.js';
import type { SecretRow } from '../api/types.js';
import { addressOf } from '../router/secret-address.js';
import { secretQueryOf, type SecretFilters } from '../router/secret-filters.js';
import { listState, setListState } from '../stores/list-state.js';
import { onLiveEvent } from '../stores/live.js';
import { session } from '../stores/session.js';
import { LoadedPages } from './loaded-pages.js';

/** Rows of one request. */
const PAGE_SIZE = 100;
/** What rows that were loaded may take: some thousands of them. Those that were dropped are fetched again on the way back. */
const MAX_LOADED_BYTES = 4 * 1024 * 1024;
/** Between two refreshes that changes cause, so that a flood of them is answered by a few requests. */
const REFRESH_INTERVAL_MS = 150;
/** How long a write that has begun is waited for: most end sooner, and their end is what the list is asked for. */
const WRITING_DELAY_MS = 150;
const FLASH_MS = 1_600;
/** After which a list that is out of date is asked for again: nothing tells when the log is back. */
const STALE_REFRESH_MS = 3_000;
/** Pages that are asked for at the same time. Who scrolls faster than they come is shown the place where the scrolling ends. */
const MAX_IN_FLIGHT = 3;
/** How long what is typed is waited for; shorter than anybody notices. */
const TYPING_DELAY_MS = 30;

/**
 * The rows of a list that is as long as it is: pages are fetched when they come into view, those of before stay until the
 * first ones of a new search are there, and a change that anybody makes fetches the pages in view again.
 */
export const useSecretRows = (filters: Ref<SecretFilters>) => {
  // Thousands of rows are reactive as a whole only.
  const pages = shallowRef(new LoadedPages(PAGE_SIZE, MAX_LOADED_BYTES));
  const total = ref(0);
  const status = ref<'loading' | 'ready' | 'failed'>('loading');
  const error = ref<unknown>();
  const flashing = shallowReactive(new Set<string>());
  /** Requests that were answered, in whatever way. */
  const answered = ref(0);
  let generation = new AbortController();
  let inFlight = new Set<number>();
  let inView: readonly [number, number] = [0, 0];

  const fetchPage = async (
    page: number,
    current: AbortController,
    onAnswer: () => void = () => undefined,
  ): Promise<void> => {
    if (inFlight.has(page)) return;
    const flying = inFlight;
    flying.add(page);
    try {
      const place = { offset: page * PAGE_SIZE, limit: PAGE_SIZE };
      const query = secretQueryOf(filters.value);
      const { page: answer, age } = await searchSecrets(session.tenant, query, place, current.signal);
      if (current !== generation) return;
      onAnswer();
      pages.value.set(page, answer.secrets, pageRangeInView());
      triggerRef(pages);
      total.value = answer.total;
      setListState({ readOnly: answer.readOnly, ageSeconds: age, unlisted: answer.unlisted });
      status.value = 'ready';
      error.value = undefined;
    } catch (thrown) {
      if (isAborted(thrown) || current !== generation) return;
      error.value = thrown;
      if (pages.value.count === 0) status.value = 'failed';
    } finally {
      flying.delete(page);
      if (current === generation) {
        answered.value += 1;
        fetchMissing();
      }
    }
  };

  const pageRangeInView = (): readonly [number, number] => {
    const [first, last] = inView;
    return [Math.floor(first / PAGE_SIZE), Math.floor(last / PAGE_SIZE)];
  };
  const pagesInView = (): number[] => {
    const [first, last] = pageRangeInView();
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  };
  /** Fetches what is in view and not there yet; the rest of it as soon as something of what was asked for has come. */
  const fetchMissing = (): void => {
    if (error.value !== undefined) return;
    for (const page of pagesInView()) {
      if (inFlight.size >= MAX_IN_FLIGHT) return;
      if (!pages.value.has(page) && page * PAGE_SIZE < total.value) void fetchPage(page, generation);
    }
  };

  const fetchView = async (onAnswer: () => void): Promise<void> => {
    const current = generation;
    const [head = 0, ...rest] = pagesInView();
    await fetchPage(head, current, onAnswer);
    await Promise.all(rest.filter((page) => page * PAGE_SIZE < total.value).map((page) => fetchPage(page, current)));
  };

  let isRefreshing = false;
  const startOver = (): void => {
    isRefreshing = false;
    generation.abort();
    generation = new AbortController();
    inFlight = new Set();
  };

  /** A new search: what is shown stays until its first rows are there. */
  const search = (): void => {
    startOver();
    inView = [0, 0];
    if (pages.value.count === 0) status.value = 'loading';
    void fetchView(() => pages.value.clear());
  };

  /** The same list, as it is now: rows in view stay until those that replace them are there. */
  const refresh = (): void => {
    if (session.status !== 'in') return;
    startOver();
    const current = generation;
    isRefreshing = true;
    void fetchView(() => pages.value.retain(pagesInView())).finally(() => {
      if (current !== generation) return;
      isRefreshing = false;
      if (isOutdated) refreshSoon();
    });
  };

  let typing: ReturnType<typeof setTimeout> | undefined;
  watch(
    () => [session.tenant, JSON.stringify(filters.value)] as const,
    ([tenant], before) => {
      clearTimeout(typing);
      if (before !== undefined && before[0] !== tenant) {
        pages.value.clear();
        triggerRef(pages);
      }
      if (before === undefined) search();
      else typing = setTimeout(search, TYPING_DELAY_MS);
    },
    { immediate: true },
  );

  /** Something changed since the rows that are being fetched were asked for. */
  let isOutdated = false;
  let refreshedAtMs = -REFRESH_INTERVAL_MS;
  let dueAtMs = Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refreshSoon = (delayMs = 0): void => {
    // What is on its way is shown before it is asked for again: changes that come faster than answers would let none through.
    isOutdated = isRefreshing || (pages.value.count === 0 && status.value === 'loading');
    if (isOutdated) return;
    const nowMs = performance.now();
    const atMs = Math.max(nowMs + delayMs, refreshedAtMs + REFRESH_INTERVAL_MS);
    if (atMs >= dueAtMs) return;
    clearTimeout(timer);
    dueAtMs = atMs;
    timer = setTimeout(() => {
      dueAtMs = Infinity;
      refreshedAtMs = performance.now();
      refresh();
    }, atMs - nowMs);
  };

  const concerns = (namespace: string): boolean => {
    const { namespace: shown, children, inherit } = filters.value;
    if (shown === '' || namespace === '' || namespace === shown) return true;
    return (children && namespace.startsWith(`${shown}.`)) || (inherit && shown.startsWith(`${namespace}.`));
  };

  let stale: ReturnType<typeof setTimeout> | undefined;
  watch(answered, () => {
    if (isOutdated && !isRefreshing) refreshSoon();
  });
  watch([answered, () => listState.ageSeconds], ([, age]) => {
    clearTimeout(stale);
    if (age !== undefined) stale = setTimeout(refresh, STALE_REFRESH_MS);
  });

  const unsubscribe = onLiveEvent((event) => {
    if (event.type === 'cleared' || !concerns(event.namespace)) return;
    refreshSoon(event.type === 'writing' ? WRITING_DELAY_MS : 0);
    if (event.type !== 'change') return;
    const address = addressOf(event);
    flashing.add(address);
    setTimeout(() => flashing.delete(address), FLASH_MS);
  });

  onBeforeUnmount(() => {
    unsubscribe();
    clearTimeout(timer);
    clearTimeout(typing);
    clearTimeout(stale);
    generation.abort();
  });

  return {
    total,
    status,
    error,
    flashing,
    refresh,
    /** Triggered whenever some of them came or went. */
    pages,
    rowAt: (index: number): SecretRow | undefined => pages.value.rowAt(index),
    /** As many as there are may be thousands: how many they are costs less than what they are. */
    loaded: (): SecretRow[] => pages.value.rows(),
    loadedCount: computed(() => pages.value.count),
    /** Rows that are in view now. */
    show: (first: number, last: number): void => {
      inView = [first, last];
      error.value = undefined;
      fetchMissing();
    },
  };
};

export type SecretRows = ReturnType<typeof useSecretRows>;
