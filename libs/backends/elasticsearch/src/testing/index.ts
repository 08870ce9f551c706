export { elasticsearchSubject, type ElasticsearchSubject } from './harness.js';
