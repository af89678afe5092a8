import type { Command } from 'commander'
import { toPlumblineError } from '../../config/errors.ts'
import { checkDocuments, type Selection } from '../../config/project/documents.ts'
import {
  type CheckedEnvironment,
  type EnvironmentDiagnostic,
  toldOnce,
} from '../../config/project/environment-diagnostics.ts'
import { formatDiagnostic } from '../../config/resource.ts'
import { code } from '../../config/text/markdown.ts'
import { onOneLine } from '../../config/text/printable.ts'
import { selectable } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'
import type { Forms } from '../terminal.ts'

const EXAMPLES = `
Examples:
  plumbline validate                       the project here, in each of its environments
  plumbline validate -e production         one environment
  plumbline validate tenants/ users.yaml   files and folders, without a project`

export function define(command: Command): void {
  selectable(command, 'environment of the project (default: each of them)')
    .argument('[paths...]', 'files and folders instead of a project')
    .addHelpText('after', EXAMPLES)
  handle(command, validate)
}

interface Report {
  /** Good documents, at most in one environment. */
  readonly documents: number
  readonly environments: readonly string[]
  readonly diagnostics: readonly EnvironmentDiagnostic[]
}

const validate: CommandHandler<Selection> = async (run, options, paths) => {
  const report = reportOf({ ...options, paths }, run)
  run.terminal.result('validate', report, FORMS)
  return hasMistakes(report) ? EXIT.error : EXIT.ok
}

/** For programs a bad project file is a mistake like any other, so that they always get one value. */
function reportOf(selection: Selection, { terminal }: Run): Report {
  try {
    return merged(checkDocuments(selection))
  } catch (thrown) {
    const { code, message } = toPlumblineError(thrown)
    if (terminal.format !== 'json') throw thrown
    return { documents: 0, environments: [], diagnostics: [{ severity: 'error', code, message }] }
  }
}

function merged(found: readonly CheckedEnvironment[]): Report {
  const documents = Math.max(...found.map((f) => f.documents))
  const environments = found.flatMap(({ environment }) => environment ?? [])
  return { documents, environments, diagnostics: toldOnce(found) }
}

const FORMS: Forms<Report> = {
  text: (report, terminal) => {
    const lines = report.diagnostics.map((told) => `${terminal.marked(told.severity)} ${onOneLine(textOf(told))}`)
    return [...lines, ...(hasMistakes(report) ? [] : [goodNews(report)])].join('\n')
  },
  markdown: ({ diagnostics }) =>
    diagnostics.length === 0
      ? 'No mistakes.'
      : diagnostics.map((d) => `- **${d.severity}** ${code(textOf(d))}`).join('\n'),
}

const hasMistakes = ({ diagnostics }: Report): boolean => diagnostics.some((d) => d.severity === 'error')

const textOf = (told: EnvironmentDiagnostic): string =>
  told.environments === undefined
    ? formatDiagnostic(told)
    : `${formatDiagnostic(told)} (in ${told.environments.join(', ')})`

const goodNews = ({ documents, environments }: Report): string =>
  environments.length < 2
    ? `${documents} documents valid.`
    : `${documents} documents valid in ${environments.join(', ')}.`
