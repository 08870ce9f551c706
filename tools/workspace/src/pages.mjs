import { posix } from 'node:path';

/** The page without what is quoted in it: a link in an example leads nowhere. @param {string} text */
const withoutFences = (text) => text.replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, '');
/** @param {string} text */
const withoutCode = (text) => withoutFences(text).replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');

/** Where a page's links and pictures lead, as they are written. @param {string} text @returns {string[]} */
export function linksIn(text) {
  const plain = withoutCode(text);
  const inline = [...plain.matchAll(/\]\(\s*<?([^)\s>]+)/g)];
  const named = [...plain.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm)];
  return [...inline, ...named].map(([, target = '']) => target);
}

/** Links by reference (`[text][name]`) whose name the page does not define. @param {string} text @returns {string[]} */
export function undefinedReferences(text) {
  const plain = withoutCode(text);
  const label = (/** @type {string} */ name) => name.toLowerCase().replace(/\s+/g, ' ').trim();
  const defined = new Set([...plain.matchAll(/^ {0,3}\[([^\]]+)\]:/gm)].map(([, name = '']) => label(name)));
  return [...plain.matchAll(/\[([^\][]+)\]\[([^\][]*)\]/g)]
    .map(([, shown = '', name = '']) => name || shown)
    .filter((name) => !defined.has(label(name)));
}

/** The anchors that GitHub gives a page's headings. @param {string} text @returns {Set<string>} */
export function anchorsIn(text) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  const anchors = new Set();
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

/** Every file and every folder of one. @param {Iterable<string>} files @returns {Set<string>} */
export function placesOf(files) {
  const places = new Set(['.']);
  for (const file of files) for (let at = file; at !== '.'; at = posix.dirname(at)) places.add(at);
  return places;
}

/**
 * Links within the repository that lead nowhere.
 * @param {Map<string, string>} pages text by path, with `/`
 * @param {Iterable<string>} files every file of the repository
 */
export function brokenLinks(pages, files) {
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

/**
 * `npm run` with a name that there is not, in text or in examples.
 * @param {Map<string, string>} pages @param {Iterable<string>} scripts
 */
export function unknownCommands(pages, scripts) {
  const known = new Set(scripts);
  return [...pages].flatMap(([page, text]) =>
    [...text.matchAll(/\bnpm run (?:-s |--silent )?([a-z][\w:-]*)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !known.has(name))
      .map((name) => `${page}: there is no "npm run ${name}"`),
  );
}

/** Decisions count from 1, each number once, and each page has its own in its title. @param {Map<string, string>} pages */
export function misnumberedDecisions(pages) {
  const decisions = [...pages].filter(([page]) => page.startsWith('docs/adr/')).sort(([a], [b]) => (a < b ? -1 : 1));
  return decisions.flatMap(([page, text], index) => {
    const number = index + 1;
    const right =
      posix.basename(page).startsWith(`${String(number).padStart(4, '0')}-`) && text.startsWith(`# ${number}. `);
    return right ? [] : [`${page}: by its place it is decision ${number}; its name or its title says otherwise`];
  });
}
