export { elasticsearchHarness, type ElasticsearchHarness } from './harness.js';
