export { awsSecretsManagerSubject, ninePermissionsSubject } from './aws-subject.js';
export * from './policed-service.js';
export { Outsider, isRealService, ownerKeys, regionOfSuite, serviceEndpoint, serviceRegion } from './service.js';
