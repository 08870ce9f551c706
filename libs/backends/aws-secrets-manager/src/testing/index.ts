export { awsSecretsManagerHarness, ninePermissionsHarness } from './harness.js';
export * from './policy-proxy.js';
export { ExternalClient, isRealService, ownerKeys, regionOfSuite, serviceEndpoint, serviceRegion } from './service.js';
