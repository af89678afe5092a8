import { cell, code } from '../../config/text/markdown.ts'
import type { Plan, Step } from '../../reconciler/model.ts'
import { folded } from '../../review/markdown.ts'
import { caveatsIn } from './caveats.ts'
import { ACTION_WORDS, exceptedLines, memoryNote, remarksOn, sidesOf } from './change.ts'
import { summary } from './plan-text.ts'

/** A plan as GitHub Markdown: the count, then one table per document. */
export function planMarkdown(plan: Plan): string {
  const steps = plan.steps.filter((s) => s.action !== 'none').map(stepMarkdown)
  const finals = plan.finalize.map((name) => `- ${code(`Connection/${name}`)}: final reload`)
  const orphans = plan.orphans.map((address) => `- ${code(address)} has no document`)
  const errors = plan.diagnostics.map((d) => `- **${d.severity}** ${code(d.message)}`)
  const lists = [finals, orphans, errors].filter((l) => l.length > 0).map((l) => l.join('\n'))
  return [`**${summary(plan)}**`, ...steps, ...lists].join('\n\n')
}

/** A plan inside a larger comment: the count to be seen, the rest folded by system and object. */
export function plansBySystem(plan: Plan): string {
  const steps = plan.steps.filter((s) => s.action !== 'none')
  const bySystem = [...Map.groupBy(steps, ({ connection }) => connection)].map(([connection, own]) =>
    [`**${code(`Connection/${connection}`)}**`, ...own.map(stepMarkdown)].join('\n\n'),
  )
  return bySystem.length === 0 ? summary(plan) : folded(summary(plan), bySystem.join('\n\n'))
}

export function stepMarkdown(step: Step): string {
  const because = step.because === undefined ? '' : ` (${code(step.because)})`
  const history = memoryNote(step)
  const title = `### ${ACTION_WORDS[step.action].mark} ${code(step.address)} ${step.action}${because}`
  const head = history === undefined ? title : `${title}\n\n${code(history)}`
  const notes = [...exceptedLines(step).map(code), ...caveatsIn(step).map((note) => `Note: ${code(note)}`)].map(
    (line) => `\n${line}`,
  )
  if (step.changes.length === 0) return [head, ...notes].join('\n')
  const rows = step.changes.map((change) => {
    const [from, to] = sidesOf(change)
    return `| ${cell(change.path)} | ${cell(from)} | ${cell(to)} | ${remarksOn(change).join(', ')} |`
  })
  return [head, '', '| field | from | to | |', '| --- | --- | --- | --- |', ...rows, ...notes].join('\n')
}
