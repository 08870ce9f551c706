export { BackendFacade, type Intent } from './facade.js';
export type {
  BreakerOptions,
  FacadeOptions,
  Filters,
  PrefixFilter,
  RateLimit,
  RetryOptions,
  StoreOperation,
  StoreOutcome,
} from './options.js';
