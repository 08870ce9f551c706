export { adviceFor } from './advice.js';
export type { BreakerListener } from './breaker.js';
export { BackendFacade, withFacade } from './facade.js';
export type { FacadeMetrics, FacadeOperation, FacadeOutcome } from './metrics.js';
export type { BreakerOptions, FacadeOptions, Filters, PrefixFilter, RateLimit, RetryOptions } from './options.js';
