import { reactive, readonly } from 'vue';
import { onForget } from './session.js';

interface ListState {
  readOnly: boolean;
  /** How old the list is, while the log is out of reach. */
  ageSeconds: number | undefined;
  /** Stores that could not be listed: their secrets are missing. */
  unlisted: readonly { store: string; code: string }[];
}

const UNKNOWN: ListState = { readOnly: false, ageSeconds: undefined, unlisted: [] };
const state = reactive<ListState>({ ...UNKNOWN });

/** What the last list said of itself, for the frame. */
export const listState = readonly(state) as Readonly<ListState>;

/** What is as it was is left alone, so that nothing is drawn anew for it. */
export const setListState = ({ unlisted, ...rest }: ListState): void => {
  Object.assign(state, rest);
  if (JSON.stringify(unlisted) !== JSON.stringify(state.unlisted)) state.unlisted = unlisted;
};

/** Says how old lists are, where something else than a list tells it. */
export const setListAge = (ageSeconds: number | undefined): void => {
  state.ageSeconds = ageSeconds;
};

onForget(() => setListState(UNKNOWN));
