import type { Parsed } from './parsed.js';

/** Records of RFC 4180, each with the line it begins in; `;` and tabs separate as well, whichever the first line has. */
const recordsOf = (text: string): { line: number; cells: string[]; open: boolean }[] => {
  const head = text.slice(0, text.indexOf('\n') === -1 ? text.length : text.indexOf('\n'));
  const separator = [',', ';', '\t'].find((each) => head.includes(each)) ?? ',';
  const records: { line: number; cells: string[]; open: boolean }[] = [];
  let [cells, cell, quoted, line, begun]: [string[], string, boolean, number, number] = [[], '', false, 1, 1];
  const end = (open = false): void => {
    records.push({ line: begun, cells: [...cells, cell], open });
    [cells, cell, begun] = [[], '', line];
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\n') line += 1;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === separator) {
      cells.push(cell);
      cell = '';
    } else if (character === '\n') end();
    else if (character !== '\r') cell += character;
  }
  if (quoted || cell !== '' || cells.length > 0) end(quoted);
  return records.filter(({ cells: found }) => found.some((each) => each !== ''));
};

const NAMES = {
  key: ['key', 'name', 'secret'],
  value: ['value', 'password'],
  description: ['description', 'comment', 'note'],
} as const;

/** The first line names the columns: key (or name) and value, and a description where there is one. */
export const parseCsv = (text: string): Parsed => {
  const [head, ...rows] = recordsOf(text.replace(/^\uFEFF/, ''));
  const names = (head?.cells ?? []).map((name) => name.trim().toLowerCase());
  const columnOf = (wanted: keyof typeof NAMES): number =>
    names.findIndex((name) => (NAMES[wanted] as readonly string[]).includes(name));
  const [key, value, description] = [columnOf('key'), columnOf('value'), columnOf('description')];
  if (key === -1 || value === -1) return { secrets: [], problems: [{ line: 1, reason: 'no-columns' }] };
  const parsed: Parsed = { secrets: [], problems: [] };
  for (const { line, cells, open } of rows) {
    const name = cells[key]?.trim() ?? '';
    if (open) parsed.problems.push({ line, reason: 'open-quote' });
    else if (name === '') parsed.problems.push({ line, reason: 'no-key' });
    else {
      const said = description === -1 ? '' : (cells[description] ?? '');
      parsed.secrets.push({ key: name, value: cells[value] ?? '', ...(said === '' ? {} : { description: said }) });
    }
  }
  return parsed;
};
