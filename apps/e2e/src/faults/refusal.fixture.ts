import { disguises } from '@coffer/backend-conformance';
import type { Answer } from '../harness/index.js';

/** A value that must never come back; one of a kind, with what JSON, URLs and HTML escape. */
export const CANARY = 'c4n4ry-"7Q\\&/<é>-4c1d';

/** The forms of the canaries that the text shows. */
export const leaksIn = (text: string, canaries: readonly string[] = [CANARY]): string[] => {
  const shown = text.toLowerCase();
  return canaries.flatMap(disguises).filter((form) => shown.includes(form.toLowerCase()));
};

/** What a caller learns of a refusal. Fails when it holds the canary, or when it is not in the shape of its face. */
export const refusalOf = ({ status, headers, text, json }: Answer): [status: number, code: string, detail: string] => {
  expect(leaksIn(text)).toEqual([]);
  expect(leaksIn(JSON.stringify([...headers]))).toEqual([]);
  const body = json<{ status: number; code: string; detail: string; message?: string }>();
  expect(body).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
  if (body.message === undefined) expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  else
    expect(body).toMatchObject({
      message: expect.stringContaining(body.detail),
      _links: { self: { href: expect.stringMatching(/^\//) } },
    });
  return [status, body.code, body.detail];
};
