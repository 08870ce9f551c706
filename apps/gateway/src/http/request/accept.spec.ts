import { preferredType } from './accept.js';

const OFFERED = ['application/json', 'text/plain', 'application/octet-stream'] as const;

it.each([
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['application/json', 'application/json'],
  ['text/plain', 'text/plain'],
  ['Text/Plain; charset=utf-8', 'text/plain'],
  ['application/octet-stream', 'application/octet-stream'],
  ['text/*', 'text/plain'],
  ['application/*', 'application/json'],
  // What Axios, Spring and browsers send.
  ['application/json, text/plain, */*', 'application/json'],
  ['text/plain, application/json, application/*+json, */*', 'application/json'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
  ['text/plain, */*;q=0.8', 'text/plain'],
  ['text/plain;q=0.5, application/json', 'application/json'],
  ['text/plain;q=0.5, application/json;q=0.4', 'text/plain'],
  ['application/json;q=0, */*', 'text/plain'],
  ['*/*, text/plain;q=0, application/json;q=0', 'application/octet-stream'],
  ['text/plain;q=0.001, application/octet-stream;q=0.002', 'application/octet-stream'],
  ['text/plain;q=nonsense, application/json;q=0.9', 'text/plain'],
  // Whoever wants nothing that there is gets what there is.
  ['image/png', 'application/json'],
  ['text/plain;q=0', 'application/json'],
  [', ,;', 'application/json'],
])('%s gives %s', (accept, type) => {
  expect(preferredType(accept, OFFERED)).toBe(type);
});
