import { formatDiagnostic } from '../../config/resource.ts'
import { onOneLine, shortened } from '../../config/text/printable.ts'
import type { Change } from '../../reconciler/adapter.ts'
import type { Action, Plan, Step } from '../../reconciler/model.ts'
import type { Terminal } from '../terminal.ts'
import { caveatsIn } from './caveats.ts'
import { ACTION_WORDS, exceptedLines, memoryNote, remarksOn, sidesOf } from './change.ts'

const INDENT = '    '
/** Room for the pointer, the arrow and the remarks beside two values. */
const BESIDE_VALUES = 44
const LEAST_VALUE_WIDTH = 24

/** A plan for people: one block per document that something happens to, then a count. */
export function planText(plan: Plan, terminal: Terminal): string {
  const blocks = plan.steps.filter((s) => s.action !== 'none').map((s) => stepText(s, terminal))
  const finals = plan.finalize.map(
    (name) => `${terminal.paint('yellow', '~')} Connection/${onOneLine(name)}  final reload`,
  )
  const orphans = plan.orphans.map((a) => `${terminal.paint('dim', '?')} ${onOneLine(a)}  has no document (--prune)`)
  const errors = plan.diagnostics.map((d) => `${terminal.paint('red', d.severity)} ${onOneLine(formatDiagnostic(d))}`)
  return [...blocks, ...finals, ...orphans, ...errors, summary(plan)].join('\n')
}

/** One step with its fields. */
export function stepText(step: Step, terminal: Terminal): string {
  const { mark, style } = ACTION_WORDS[step.action]
  const remark = step.because === undefined ? '' : `: ${onOneLine(step.because)}`
  const drifted = step.drift ? ' (drift)' : ''
  const head = `${terminal.paint(style, mark)} ${terminal.paint('bold', onOneLine(step.address))}  ${step.action}${drifted}${remark}`
  const history = memoryNote(step)
  const moved = history === undefined ? [] : [`${INDENT}${onOneLine(history)}`]
  const notes = caveatsIn(step).map((note) => `${INDENT}${terminal.paint('dim', `note: ${onOneLine(note)}`)}`)
  const changes = step.changes.map((c) => changeText(c, step.action, terminal))
  return [
    head,
    ...moved,
    ...changes,
    ...exceptedLines(step).map((line) => `${INDENT}${onOneLine(line)}`),
    ...notes,
  ].join('\n')
}

function changeText(change: Change, action: Action, terminal: Terminal): string {
  const alone = action === 'create' || change.secret === true
  const room = Math.floor((terminal.width - BESIDE_VALUES) / (alone ? 1 : 2))
  const [from, to] = sidesOf(change).map((value) => shortened(value, Math.max(LEAST_VALUE_WIDTH, room)))
  const values = alone ? to : `${from} → ${to}`
  const remarks = remarksOn(change).map((r) => terminal.paint(r === 'weakens' ? 'red' : 'dim', `  (${r})`))
  return `${INDENT}${onOneLine(change.path)}  ${values}${remarks.join('')}`
}

/** Counts by action, e.g. `1 to create, 2 unchanged`. */
export function summary(plan: Plan): string {
  if (plan.steps.length + plan.finalize.length === 0) return 'Nothing to do: there are no managed documents.'
  const actions = Object.keys(ACTION_WORDS) as Action[]
  const counted = actions.map(
    (a) => [plan.steps.filter((s) => s.action === a).length, ACTION_WORDS[a].pending] as const,
  )
  return `Plan: ${counted.flatMap(([n, words]) => (n > 0 ? [`${n} ${words}`] : [])).join(', ')}.`
}
