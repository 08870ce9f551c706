export { BackendFacade, withFacade, type Intent } from './facade.js';
export type { FacadeMetrics, FacadeOperation } from './metrics.js';
export type { BreakerOptions, FacadeOptions, PrefixFilter, RateLimit, RetryOptions } from './options.js';
