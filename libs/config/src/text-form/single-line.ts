/** A byte order mark, which editors put in front of a file, and line breaks, which `echo` puts behind a text. */
const AROUND = /^\ufeff?[\r\n]*|[\r\n]+$/g;
const BLANK = /[\s\u200b\u2060\ufeff]/;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

const NOTHING = 'holds nothing but blanks or line breaks; leave it out, or give it a value';

/** Why a text is not taken. `reason` continues a sentence that begins with the setting's name. */
export class Refusal {
  constructor(readonly reason: string) {}
}

/** Without a byte order mark in front and line breaks around. */
export const withoutLineBreaks = (text: string): string => text.replace(AROUND, '');

/** The one line that the text holds, blanks kept; a refusal where it holds nothing, or control characters within. */
export const singleLine = (text: string): string | Refusal => {
  const line = withoutLineBreaks(text);
  if (line === '') return new Refusal(NOTHING);
  return CONTROL.test(line) ? new Refusal('has a line break or another control character within') : line;
};

/** The one word that the text holds, without blanks around; a refusal where there is none, or more than one. */
export const singleWord = (text: string): string | Refusal => {
  const word = text.replace(/^[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+$/g, '');
  if (word === '') return new Refusal(NOTHING);
  return BLANK.test(word) || CONTROL.test(word)
    ? new Refusal('has a blank, a line break or another control character within')
    : word;
};
