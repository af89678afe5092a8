import type { Command } from 'commander'
import { projectOption } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { formatted } from '../fmt/format.ts'
import { projectFiles, readTextOf, replaceTexts, shown, yamlFilesOf } from '../project-files.ts'
import { type CommandHandler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline fmt                    every YAML file of the project
  plumbline fmt documents/a.yaml   this file; folders work, too
  plumbline fmt --check            write nothing; exit code 2 when a file is not in the form

Two spaces, apiVersion, kind and metadata first, no space at the end of lines. Comments and quotes stay, and so does the meaning.`

interface Options {
  readonly project?: string
  readonly check?: true
}

export function define(command: Command): void {
  projectOption(command)
    .argument('[paths...]', 'files and folders instead of a project')
    .option('--check', 'only say which files are not in the form')
    .addHelpText('after', EXAMPLES)
  handle(command, fmt)
}

function filesOf(selection: Options): readonly string[] {
  const { project, documents, overlays } = projectFiles(selection)
  return [project, ...documents, ...overlays]
}

const fmt: CommandHandler<Options> = async ({ terminal }, { check, ...selection }, paths): Promise<ExitCode> => {
  const files = paths.length > 0 ? yamlFilesOf(paths) : filesOf(selection)
  const changed = new Map<string, string>()
  for (const file of files) {
    const text = await readTextOf(file)
    const form = formatted(text, shown(file))
    if (form !== text) changed.set(file, form)
  }
  if (!check) await replaceTexts(changed)
  const value = { files: files.length, changed: [...changed.keys()].map(shown) }
  terminal.result('fmt', value, { text: () => value.changed.join('\n') || undefined })
  return check && changed.size > 0 ? EXIT.pending : EXIT.ok
}
