export {
  assertElasticsearch,
  openElasticsearchBackend,
  type ElasticsearchBackendOptions,
} from './open-elasticsearch-backend.js';
export type { Authentication, ClusterSettings } from './cluster-settings.js';
