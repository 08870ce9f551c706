import { claimTexts, type Claims } from './claim-value.js';

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Whether a text has line breaks, or what shows it in another order than it has. */
export const hasControls = (text: string): boolean => CONTROL.test(text);

/** Answers the caller's name in a claim; `undefined` where the claim is absent, too long, or would show as another one. */
export const subjectIn = (claims: Claims, name: string, maxLength: number): string | undefined => {
  const [subject = ''] = claimTexts(claims, name);
  return subject === '' || subject.length > maxLength || hasControls(subject) ? undefined : subject;
};
