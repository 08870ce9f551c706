import { claimTexts, type Claims } from './claim-value.js';

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** By whom a caller is named; `undefined` where the claim is absent, too long, or would break a line of the audit. */
export const subjectIn = (claims: Claims, name: string, maxLength: number): string | undefined => {
  const [subject = ''] = claimTexts(claims, name);
  return subject === '' || subject.length > maxLength || CONTROL.test(subject) ? undefined : subject;
};
