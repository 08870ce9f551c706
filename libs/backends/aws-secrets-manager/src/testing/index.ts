export { awsSecretsManagerSubject, ninePermissionsSubject } from './harness.js';
export * from './policy-proxy.js';
export { Outsider, isRealService, ownerKeys, regionOfSuite, serviceEndpoint, serviceRegion } from './service.js';
