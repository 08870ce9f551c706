export type { Store } from './store.js';
export { Stores, type StoresOptions } from './stores.js';
