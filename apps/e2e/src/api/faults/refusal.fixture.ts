import type { Answer } from '../../harness/index.js';
import { LeakScanner } from '../../leak-scan/index.js';

/** A value that must never come back; one of a kind, with what JSON, URLs and HTML escape. */
export const MARKER = 'c4n4ry-"7Q\\&/<é>-4c1d';

/** The notations of the markers that the text shows. */
export const leaksIn = (text: string, markers: readonly string[] = [MARKER]): string[] =>
  new LeakScanner(markers.map((marker, number) => ({ name: `marker ${number}`, text: marker })))
    .scanText('here', text)
    .map(({ notation }) => notation);

interface Body {
  readonly type: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly message?: string;
  readonly _links?: { readonly self: { readonly href: string } };
}

/** What a caller learns of a refusal. Fails when it holds the marker, or when it is not in the shape of its API. */
export const refusalOf = ({ status, headers, text, json }: Answer): [status: number, code: string, detail: string] => {
  expect(leaksIn(text)).toEqual([]);
  expect(leaksIn(JSON.stringify([...headers]))).toEqual([]);
  const { type, status: repeated, code, detail, message, _links } = json<Body>();
  expect([type, repeated]).toEqual(['about:blank', status]);
  const media = headers.get('content-type') ?? '';
  if (message === undefined) {
    expect(media).toMatch(/^application\/problem\+json/);
  } else {
    expect(media).toMatch(/^application\/json/);
    expect(message).toMatch(/^[A-Z][a-zA-Z ]+: /);
    expect(message).toContain(detail);
    expect(_links?.self.href).toMatch(/^\/api\/v1\//);
  }
  return [status, code, detail];
};
