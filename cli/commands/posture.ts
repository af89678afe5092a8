import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import { checkEnvironments, type LoadedProject, type ProjectOptions } from '../../config/project/project.ts'
import { InvalidDocuments } from '../../library/invalid.ts'
import packageFile from '../../package.json' with { type: 'json' }
import { postureHtml } from '../../posture/html.ts'
import { postureMarkdown } from '../../posture/markdown.ts'
import type { Standing } from '../../posture/model.ts'
import { postureOf, violations } from '../../posture/posture.ts'
import { postureSarif } from '../../posture/sarif.ts'
import { postureText } from '../../posture/text.ts'
import { selectable } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { type CommandHandler, handle } from '../run.ts'
import type { Style } from '../terminal.ts'

const EXAMPLES = `
Examples:
  plumbline posture                         every tenant against every rule, in each environment
  plumbline posture -e production           one environment
  plumbline posture --html posture.html     also as a page
  plumbline posture --sarif posture.sarif   also for code scanning

Reads the documents and nothing else: no system is asked, and no secret opened. Rules and exceptions of the project
stand under posture in plumbline.yaml.

Exit codes: 0 every rule holds or is excepted, 1 mistakes, 2 a rule is violated.`

interface Options {
  readonly project?: string
  readonly environment?: string
  readonly html?: string
  readonly sarif?: string
}

export function define(command: Command): void {
  selectable(command, 'only this environment (default: every one)')
    .option('--html <file>', 'write the tables as a page')
    .option('--sarif <file>', 'write what is violated as SARIF 2.1.0')
    .addHelpText('after', EXAMPLES)
  handle(command, run)
}

const run: CommandHandler<Options> = async ({ terminal }, { project, environment, html, sarif }): Promise<ExitCode> => {
  const loaded = goodProjects({
    ...(project === undefined ? {} : { file: project }),
    ...(environment === undefined ? {} : { environment }),
  })
  const posture = postureOf(loaded, new Date().toISOString().slice(0, 10))
  if (html !== undefined) await write(html, postureHtml(posture))
  if (sarif !== undefined)
    await write(sarif, `${JSON.stringify(postureSarif(posture, packageFile.version), undefined, 2)}\n`)
  const paint = (standing: Standing, word: string) => terminal.paint(STYLES[standing], word)
  terminal.result('posture', posture, { text: (value) => postureText(value, paint), markdown: postureMarkdown })
  return violations(posture).length > 0 ? EXIT.pending : EXIT.ok
}

const STYLES: Readonly<Record<Standing, Style>> = {
  holds: 'green',
  violates: 'red',
  excepted: 'yellow',
  'does not apply': 'dim',
}

function goodProjects(options: ProjectOptions): readonly LoadedProject[] {
  const loaded = checkEnvironments(options)
  const mistakes = loaded.flatMap(({ diagnostics }) => diagnostics).filter(({ severity }) => severity === 'error')
  if (mistakes.length > 0) throw new InvalidDocuments(mistakes)
  return loaded
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text)
  } catch (cause) {
    throw new PlumblineError('IO', `cannot write ${path}`, { cause })
  }
}
