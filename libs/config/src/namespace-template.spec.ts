import { parseNamespaceTemplate } from './namespace-template.js';

const claim = (name: string, filter = 'segment') => ({ claim: name, filter });

it.each([
  ['company', ['company']],
  ['{{claims.a}}', [claim('a')]],
  ['{{claims.a}}.{{ claims.b | path }}', [claim('a'), '.', claim('b', 'path')]],
  ['company.{{claims.a}}.team', ['company.', claim('a'), '.team']],
])('%s is read in parts', (text, parts) => {
  expect(parseNamespaceTemplate(text)).toEqual({ text, parts });
});

it.each(['company.{{claims.a | upper}}', 'Company', '{{claims.a}}..b', 'a{{claims}}'])('%s is none', (text) => {
  expect(parseNamespaceTemplate(text)).toBeUndefined();
});
