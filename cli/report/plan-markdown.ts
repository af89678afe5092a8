import type { Plan, Step } from '../../reconciler/model.ts'
import { printable } from '../printable.ts'
import { ACTIONS, historyOf, remarksOn, sidesOf } from './change.ts'
import { summary } from './plan-text.ts'

/** A plan as GitHub Markdown: the count, then one table per document. */
export function planMarkdown(plan: Plan): string {
  const steps = plan.steps.filter((s) => s.action !== 'none').map(stepMarkdown)
  const finals = plan.finalize.map((name) => `- \`Connection/${name}\`: final reload`)
  const orphans = plan.orphans.map((address) => `- ${code(address)} has no document`)
  const errors = plan.diagnostics.map((d) => `- **${d.severity}** ${escaped(d.message)}`)
  const lists = [finals, orphans, errors].filter((l) => l.length > 0).map((l) => l.join('\n'))
  return [`**${summary(plan)}**`, ...steps, ...lists].join('\n\n')
}

export function stepMarkdown(step: Step): string {
  const because = step.because === undefined ? '' : ` (${escaped(step.because)})`
  const history = historyOf(step)
  const title = `### ${ACTIONS[step.action].mark} ${code(step.address)} ${step.action}${because}`
  const head = history === undefined ? title : `${title}\n\n${escaped(history)}`
  if (step.changes.length === 0) return head
  const rows = step.changes.map((change) => {
    const [from, to] = sidesOf(change)
    return `| ${code(change.path)} | ${code(from)} | ${code(to)} | ${remarksOn(change).join(', ')} |`
  })
  return [head, '', '| field | from | to | |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

/** A code span that cannot be left: no backquote, no cell border, no line break. */
const code = (text: string): string => `\`${printable(text).replace(/[`|\n]/g, (c) => (c === '|' ? '\\|' : ' '))}\``

const escaped = (text: string): string =>
  printable(text)
    .replace(/[\\`*_{}[\]<>|]/g, '\\$&')
    .replaceAll('\n', ' ')
