export type { Store } from './store.js';
export { DEFAULT_STORE, storeSettings, Stores, type StoresOptions } from './stores.js';
