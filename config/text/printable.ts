/** After these a joiner or a variation selector belongs to the character: emoji, marks, letters without case. */
const JOINED = '\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\p{M}\\p{Lo}'
const JOINER = '\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}'

/**
 * Characters that people do not see, or that change how others look: control characters except tab and line feed,
 * direction marks and overrides, what is ignored by default (zero-width characters, fillers, tags), line ends and spaces
 * that look like others, what has no look of its own: private use, unassigned, lone surrogates.
 */
export const HIDDEN = new RegExp(
  [
    '[^\\P{Cc}\\t\\n]',
    `(?![${JOINER}])\\p{Default_Ignorable_Code_Point}`,
    `(?<![${JOINED}])[${JOINER}]`,
    '[\\u2028\\u2029\\u2800\\ufff9-\\ufffb]',
    '(?![ \\u3000])\\p{Zs}',
    '[\\p{Cs}\\p{Co}\\p{Cn}]',
  ].join('|'),
  'gu',
)

/** A hidden character as JSON writes it, e.g. `\u001b`; beyond the basic plane as two of them. */
export const escapeOf = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

/** A text with its hidden characters written out: what a system or a document holds must not steer or deceive the reader. */
export const printable = (text: string): string => text.replace(HIDDEN, escapeOf)

/** The same on one line, so that no text can look like a line of ours. */
export const onOneLine = (text: string): string => printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')

/** A text on one line of at most `width` characters. */
export function shortened(text: string, width: number): string {
  const line = onOneLine(text)
  const characters = [...line]
  return characters.length <= width ? line : `${characters.slice(0, Math.max(1, width - 1)).join('')}…`
}
