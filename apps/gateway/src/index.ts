export { GatewayModule } from './gateway.module.js';
export { createHttpAdapter, HTTP_OPTIONS } from './http/http-adapter.js';
export { DEFAULT_LIMITS, httpLimitsOf, type HttpLimits } from './http/http-limits.js';
export type { GatewayParts, StoreRegistry } from './process/gateway-parts.js';
