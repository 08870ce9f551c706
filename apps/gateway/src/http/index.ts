export { ENDPOINTS } from './controllers.js';
export * from './dependencies.js';
export type { Access, EndpointDefinition } from './endpoint/endpoint.js';
export { ERROR_TABLE } from './errors/error-table.js';
export { createHttpAdapter, DEFAULT_LIMITS, HTTP_OPTIONS, type HttpLimits } from './http-adapter.js';
export { createHttpApp } from './http-app.js';
export { HttpModule, type HttpModuleOptions } from './http.module.js';
export { describeApi, type ApiDocument } from './openapi/api-document.js';
