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

/** A code span inside a table, where a bar would end the cell; after a backslash GitHub and others disagree whether it does. */
export const cell = (text: string): string =>
  code(text).replace(/(\\*)\|/g, (_bar, before) => (before === '' ? '\\|' : `${before}\\u007c`))

/**
 * Words of ours with values of documents among them. Entities do not keep a forge from seeing a mention, an issue or an
 * address, since it looks for them in what Markdown has become: what could be one stands in a code span.
 */
export const prose = (text: string): string => (isHarmless(text) ? text : code(text))

/** The same inside a table. */
export const proseCell = (text: string): string => (isHarmless(text) ? text : cell(text))

/** Letters, figures and plain punctuation, without what forges make links of: hosts, commits, issues like `AB-12`. */
const isHarmless = (text: string): boolean =>
  /^[\p{L}\p{N} ,;.'’()%-]*$/u.test(text) &&
  !/www\.|[0-9a-f]{7}|(?<![\p{L}\p{N}])\p{L}+-\d|\.\p{L}|^\s|^\p{N}+[.)]|^-|--|\s$/iu.test(text)
