import { formatDiagnostic } from '../../config/resource.ts'
import { code } from '../../config/text/markdown.ts'
import { onOneLine } from '../../config/text/printable.ts'
import type { DriftReport } from '../../reconciler/drift.ts'
import type { Proposed } from '../../review/proposal/publish.ts'
import type { Forms, Terminal } from '../terminal.ts'
import { stepMarkdown } from './plan-markdown.ts'
import { stepText } from './plan-text.ts'

/** A report, and what became of it at a forge. */
export interface ProposedDrift extends DriftReport {
  readonly proposals?: readonly Proposed[]
}

export const DRIFT_FORMS: Forms<ProposedDrift> = { text, markdown }

/** True when a system is not as the documents say. */
export const hasDrifted = ({ drifted, missing }: DriftReport): boolean => drifted.length + missing.length > 0

function text(report: ProposedDrift, terminal: Terminal): string {
  const steps = [...report.drifted, ...report.missing].map((step) => stepText(step, terminal))
  const excepted = report.excepted.map((step) => stepText(step, terminal))
  const orphans = report.orphaned.map((a) => `${terminal.paint('dim', '?')} ${onOneLine(a)}  has no document`)
  const unknown = report.unknown.map((d) => `${terminal.paint('red', '!')} ${onOneLine(formatDiagnostic(d))}`)
  const proposals = (report.proposals ?? []).flatMap(proposalLines).map(onOneLine)
  return [...steps, ...excepted, ...orphans, ...unknown, summary(report), ...proposals].join('\n')
}

function markdown(report: ProposedDrift): string {
  const orphans = report.orphaned.map((address) => `- ${code(address)} has no document`)
  const unknown = report.unknown.map((d) => `- **unknown** ${code(formatDiagnostic(d))}`)
  const steps = [...report.drifted, ...report.missing, ...report.excepted].map(stepMarkdown)
  const proposals = (report.proposals ?? []).flatMap(proposalLines).map((line) => `- ${code(line.trim())}`)
  return [`**${summary(report)}**`, ...steps, ...orphans, ...unknown, ...proposals].join('\n\n')
}

const PROPOSED: Readonly<Record<Proposed['what'], string>> = {
  opened: 'a pull request was opened',
  updated: 'its pull request was updated',
  unchanged: 'its pull request is up to date',
  'changed by hand': 'somebody changed its pull request, so it is left alone',
  reverting: 'it was closed with the label revert: the next apply reverts the drift',
  declined: 'it was closed, so this drift is not proposed again',
  withdrawn: 'its pull request was closed: nothing is left to decide',
  'nothing to write': 'its documents cannot take over anything',
}

const proposalLines = ({ connection, what, url, left }: Proposed): readonly string[] => [
  `Connection/${connection}: ${PROPOSED[what]}${url === undefined ? '' : `: ${url}`}`,
  ...left.map(({ address, pointer = '', why }) => `  not taken over: ${address}${pointer}: ${why}`),
]

function summary({ inSync, drifted, excepted, missing, orphaned, unknown }: DriftReport): string {
  const others = [
    [missing.length, 'missing'],
    [excepted.length, 'excepted for now'],
    [orphaned.length, 'without a document'],
    [unknown.length, 'unknown'],
  ] as const
  const counts = others.flatMap(([n, words]) => (n > 0 ? [`${n} ${words}`] : []))
  const found = drifted.length === 1 ? '1 object has drifted' : `${drifted.length} objects have drifted`
  return `${[found, ...counts].join(', ')}; ${inSync} in sync.`
}
