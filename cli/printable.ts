/** Control characters, except tab and line feed: what a system sends must not steer the terminal. */
const CONTROL = /[^\P{Cc}\t\n]/gu

/** A text with its control characters written out, e.g. `\u001b`. */
export const printable = (text: string): string =>
  text.replace(CONTROL, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A text on one line of at most `width` characters. */
export function shortened(text: string, width: number): string {
  const line = printable(text).replaceAll('\n', '\\n')
  const characters = [...line]
  return characters.length <= width ? line : `${characters.slice(0, Math.max(1, width - 1)).join('')}…`
}
