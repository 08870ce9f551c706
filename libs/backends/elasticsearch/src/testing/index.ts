export { elasticsearchSubject, type ElasticsearchSubject } from './elasticsearch-subject.js';
