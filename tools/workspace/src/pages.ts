import { posix } from 'node:path';

/** The page without what is quoted in it: a link in an example leads nowhere. */
const withoutFences = (text: string) => text.replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, '');
const withoutCode = (text: string) => withoutFences(text).replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');

/** Where a page's links and pictures lead, as they are written. */
export function linksIn(text: string): string[] {
  const plain = withoutCode(text);
  const inline = [...plain.matchAll(/\]\(\s*<?([^)\s>]+)/g)];
  const named = [...plain.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm)];
  return [...inline, ...named].map(([, target = '']) => target);
}

/** Links by reference (`[text][name]`) whose name the page does not define. */
export function undefinedReferences(text: string): string[] {
  const plain = withoutCode(text);
  const label = (name: string) => name.toLowerCase().replace(/\s+/g, ' ').trim();
  const defined = new Set([...plain.matchAll(/^ {0,3}\[([^\]]+)\]:/gm)].map(([, name = '']) => label(name)));
  return [...plain.matchAll(/\[([^\][]+)\]\[([^\][]*)\]/g)]
    .map(([, shown = '', name = '']) => name || shown)
    .filter((name) => !defined.has(label(name)));
}

/** The anchors that GitHub gives a page's headings. */
export function anchorsIn(text: string): Set<string> {
  const seen: Map<string, number> = new Map();
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutFences(text).matchAll(/^#{1,6} +(.+?)(?: +#+)? *$/gm)) {
    const shown = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1');
    const slug = shown
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    anchors.add(before === 0 ? slug : `${slug}-${before}`);
  }
  return anchors;
}

/** Every file and every folder of one. */
export function placesOf(files: Iterable<string>): Set<string> {
  const places = new Set(['.']);
  for (const file of files) for (let at = file; at !== '.'; at = posix.dirname(at)) places.add(at);
  return places;
}

/** Links within the repository that lead nowhere. `pages`: text by path, with `/`. `files`: every file of the repository. */
export function brokenLinks(pages: Map<string, string>, files: Iterable<string>) {
  const places = placesOf(files);
  return [...pages].flatMap(([page, text]) => [
    ...undefinedReferences(text).map((name) => `${page}: the link [${name}] is not defined`),
    ...linksIn(text)
      .filter((link) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target =
          path === '' ? page : posix.join(posix.dirname(page), decodeURIComponent(path)).replace(/\/$/, '');
        const there = pages.get(target);
        return !places.has(target) || (anchor !== undefined && !(there !== undefined && anchorsIn(there).has(anchor)));
      })
      .map((link) => `${page}: "${link}" leads nowhere`),
  ]);
}

/** `npm run` with a name that there is not, in text or in examples. */
export function unknownCommands(pages: Map<string, string>, scripts: Iterable<string>) {
  const known = new Set(scripts);
  return [...pages].flatMap(([page, text]) =>
    [...text.matchAll(/\bnpm run (?:-s |--silent )?([a-z][\w:-]*)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !known.has(name))
      .map((name) => `${page}: there is no "npm run ${name}"`),
  );
}

/** Decisions count from 1, each number once, and each page has its own in its title. */
export function misnumberedDecisions(pages: Map<string, string>) {
  const decisions = [...pages].filter(([page]) => page.startsWith('docs/adr/')).sort(([a], [b]) => (a < b ? -1 : 1));
  return decisions.flatMap(([page, text], index) => {
    const number = index + 1;
    const right =
      posix.basename(page).startsWith(`${String(number).padStart(4, '0')}-`) && text.startsWith(`# ${number}. `);
    return right ? [] : [`${page}: by its place it is decision ${number}; its name or its title says otherwise`];
  });
}
