/** Characters that a reader cannot see, or that turn the direction of what follows (UTS #55): they are written out. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu

/** A text of which every character can be seen, on one line. */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)

/** A code span that nothing in the text can end (CommonMark 0.31, section 6.1). */
export function code(text: string): string {
  const shown = visible(text)
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = shown.startsWith('`') || shown.endsWith('`') || shown === '' ? ' ' : ''
  return `${fence}${pad}${shown}${pad}${fence}`
}

/** Plain text: no mark-up, link, picture, HTML, mention or reference to an issue comes of it. */
export const plain = (text: string): string =>
  visible(text).replace(/[\\`*_{}[\]()<>#+\-.!|~@&:/$^=]/g, (c) => `&#${c.charCodeAt(0)};`)
