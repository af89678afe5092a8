import { code } from '../../config/text/markdown.ts'
import { onOneLine } from '../../config/text/printable.ts'
import type { Forms, Terminal } from '../terminal.ts'

/** One thing that was looked at. */
export interface Check {
  readonly status: 'ok' | 'warn' | 'fail'
  readonly subject: string
  readonly message: string
  /** What to do about it. */
  readonly help?: string
}

const STYLE = { ok: 'green', warn: 'yellow', fail: 'red' } as const

/** Checks, one line each. */
export const CHECK_FORMS: Forms<readonly Check[]> = {
  text: (checks, terminal) => checks.map((c) => line(c, terminal)).join('\n'),
  markdown: (checks) => checks.map((c) => `- **${c.status}** ${code(plain(c))}`).join('\n'),
}

const line = (check: Check, terminal: Terminal): string =>
  `${terminal.paint(STYLE[check.status], check.status.padEnd(4))}  ${plain(check)}`

const plain = ({ subject, message, help }: Check): string =>
  onOneLine(`${subject}: ${message}${help === undefined ? '' : ` ${help}`}`.replaceAll('\n', ' '))
