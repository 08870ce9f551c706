import { disguises } from '@coffer/backend-conformance';
import type { Answer } from '../../harness/index.js';

/** A value that must never come back; one of a kind, with what JSON, URLs and HTML escape. */
export const CANARY = 'c4n4ry-"7Q\\&/<é>-4c1d';

/** The forms of the canaries that the text shows. */
export const leaksIn = (text: string, canaries: readonly string[] = [CANARY]): string[] => {
  const shown = text.toLowerCase();
  return canaries.flatMap(disguises).filter((form) => shown.includes(form.toLowerCase()));
};

interface Body {
  readonly type: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly message?: string;
  readonly _links?: { readonly self: { readonly href: string } };
}

/** What a caller learns of a refusal. Fails when it holds the canary, or when it is not in the shape of its face. */
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
