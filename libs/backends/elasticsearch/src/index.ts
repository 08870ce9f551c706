export { open, assertElasticsearch, openElasticsearchBackend, type ElasticsearchBackendOptions } from './open.js';
export type { Authentication, ClusterSettings } from './cluster-settings.js';
