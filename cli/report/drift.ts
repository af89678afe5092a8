import { formatDiagnostic } from '../../config/resource.ts'
import { code } from '../../config/text/markdown.ts'
import { onOneLine } from '../../config/text/printable.ts'
import type { DriftReport } from '../../reconciler/drift.ts'
import type { Forms, Terminal } from '../terminal.ts'
import { stepMarkdown } from './plan-markdown.ts'
import { stepText } from './plan-text.ts'

export const DRIFT_FORMS: Forms<DriftReport> = { text, markdown }

/** True when a system is not as the documents say. */
export const hasDrifted = ({ drifted, missing }: DriftReport): boolean => drifted.length + missing.length > 0

function text(report: DriftReport, terminal: Terminal): string {
  const steps = [...report.drifted, ...report.missing].map((step) => stepText(step, terminal))
  const orphans = report.orphaned.map((a) => `${terminal.paint('dim', '?')} ${onOneLine(a)}  has no document`)
  const unknown = report.unknown.map((d) => `${terminal.paint('red', '!')} ${onOneLine(formatDiagnostic(d))}`)
  return [...steps, ...orphans, ...unknown, summary(report)].join('\n')
}

function markdown(report: DriftReport): string {
  const orphans = report.orphaned.map((address) => `- ${code(address)} has no document`)
  const unknown = report.unknown.map((d) => `- **unknown** ${code(formatDiagnostic(d))}`)
  const steps = [...report.drifted, ...report.missing].map(stepMarkdown)
  return [`**${summary(report)}**`, ...steps, ...orphans, ...unknown].join('\n\n')
}

function summary({ inSync, drifted, missing, orphaned, unknown }: DriftReport): string {
  const counts = [
    [drifted.length, 'different'],
    [missing.length, 'missing'],
    [orphaned.length, 'without a document'],
    [unknown.length, 'unknown'],
    [inSync, 'as the documents say'],
  ] as const
  return `Drift: ${counts.flatMap(([n, words]) => (n > 0 ? [`${n} ${words}`] : [])).join(', ') || 'no managed documents'}.`
}
