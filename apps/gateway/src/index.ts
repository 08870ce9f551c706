export { describeGateway } from './describe-gateway.js';
export { GatewayModule } from './gateway.module.js';
export { createHttpAdapter, HTTP_OPTIONS } from './http/http-adapter.js';
export { httpLimitsOf } from './http/http-limits.js';
