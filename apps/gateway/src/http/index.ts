export { ENDPOINTS } from './controllers.js';
export * from './dependencies.js';
export type { Access, EndpointDefinition } from './endpoint/endpoint.js';
export { ERROR_TABLE } from './errors/error-table.js';
export { createHttpAdapter, HTTP_OPTIONS } from './http-adapter.js';
export { createHttpApp } from './http-app.js';
export { DEFAULT_LIMITS, httpLimitsOf, type HttpLimits } from './http-limits.js';
export { HttpModule, type HttpModuleOptions } from './http.module.js';
export { describeApi, type ApiDocument } from '../system/api-document.js';
