import { code } from '../../config/text/markdown.ts'
import { onOneLine } from '../../config/text/printable.ts'
import type { Outcome } from '../../reconciler/model.ts'
import { isPending } from '../../reconciler/plan.ts'
import { plainError } from '../failure.ts'
import type { Forms, Terminal } from '../terminal.ts'
import { ACTION_WORDS } from './change.ts'

const STATUS = {
  done: ['✓', 'green'],
  failed: ['✗', 'red'],
  skipped: ['·', 'yellow'],
} as const

/** What became of one step, on one line, and what can be done about it on the next. */
export function outcomeText({ step, status, error }: Outcome, terminal: Terminal): string {
  const [mark, style] = STATUS[status]
  const result = status === 'done' ? ACTION_WORDS[step.action].done : `${status}: ${onOneLine(error?.message ?? '')}`
  const help = error?.help === undefined ? '' : `\n    ${onOneLine(error.help)}`
  return `${terminal.paint(style, mark)} ${onOneLine(step.address)}  ${result}${help}`
}

const WORDS = {
  apply: { done: 'Applied', nothing: 'the systems are as the documents say' },
  destroy: { done: 'Destroyed', nothing: 'nothing is managed here' },
} as const

/** The end of a run that writes. */
export const formsOf = (command: keyof typeof WORDS, outcomes: readonly Outcome[]): Forms<unknown> => ({
  text: () => summary(command, outcomes),
  markdown: () => [`**${summary(command, outcomes)}**`, '', ...outcomes.filter(isNews).map(markdownLine)].join('\n'),
})

const isNews = ({ step, status }: Outcome): boolean => status !== 'done' || isPending(step)

function summary(command: keyof typeof WORDS, outcomes: readonly Outcome[]): string {
  const words = WORDS[command]
  const count = (status: Outcome['status']) => outcomes.filter((o) => isNews(o) && o.status === status).length
  const [done, failed, skipped] = [count('done'), count('failed'), count('skipped')]
  if (done + failed + skipped === 0) return `Nothing to do: ${words.nothing}.`
  const rest = [failed > 0 ? [`${failed} failed`] : [], skipped > 0 ? [`${skipped} skipped`] : []].flat()
  return `${words.done}: ${[`${done} done`, ...rest].join(', ')}.`
}

const markdownLine = ({ step, status, error }: Outcome): string =>
  `- ${code(step.address)} ${step.action}: ${status}${error === undefined ? '' : ` (${code(error.message)})`}`

/** What became of a step, for programs. */
export const plainOutcome = ({ step, status, error }: Outcome) => ({
  address: step.address,
  action: step.action,
  status,
  ...(error === undefined ? {} : { error: plainError(error) }),
})
