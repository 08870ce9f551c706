export * from './files.js';
export * from './leak-report.js';
export * from './leak-scanner.js';
export * from './notations.js';
export * from './marker-texts.js';
