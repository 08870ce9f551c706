import { reactive } from 'vue';
import { onForget } from './session.js';

/** What the last list said of itself, for the frame. */
export const listState = reactive<{
  readOnly: boolean;
  /** How old the list is, while the log is out of reach. */
  ageSeconds: number | undefined;
  /** Stores that could not be listed: their secrets are missing. */
  unlisted: readonly { store: string; code: string }[];
}>({ readOnly: false, ageSeconds: undefined, unlisted: [] });

onForget(() => Object.assign(listState, { readOnly: false, ageSeconds: undefined, unlisted: [] }));
