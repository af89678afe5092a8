import { onOneLine } from './printable.ts'

/**
 * Any text as a code span of GitHub Markdown: nothing in it is a link, a mention, HTML or the end of the span. The fence
 * is longer than every run of backquotes inside (CommonMark, section 6.1).
 */
export function code(text: string): string {
  const line = onOneLine(text)
  const longest = Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const padding = line === '' || /^`|`$|^ .* $/.test(line) ? ' ' : ''
  return `${fence}${padding}${line}${padding}${fence}`
}

/** A code span inside a table, where a bar would end the cell. */
export const cell = (text: string): string => code(text).replaceAll('|', '\\|')

/** Plain text: no mark-up, link, picture, HTML, mention or reference to an issue comes of it. */
export const plain = (text: string): string =>
  onOneLine(text).replace(/[\\`*_{}[\]()<>#+\-.!|~@&:/$^=]/g, (c) => `&#${c.charCodeAt(0)};`)
