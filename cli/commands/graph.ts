import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import type { Selection } from '../../config/project/documents.ts'
import { goodDocuments, selectable, trusting } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { graphMarkdown, graphOf, graphText } from '../graph/graph.ts'
import { type CommandHandler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline graph                        each document with what it refers to
  plumbline graph --svg documents.svg    a picture
  plumbline graph --format markdown      a Mermaid chart, for a pull request`

interface Options extends Selection {
  readonly svg?: string
}

export function define(command: Command): void {
  trusting(selectable(command))
    .argument('[paths...]', 'files and folders instead of a project')
    .option('--svg <file>', 'write a picture')
    .addHelpText('after', EXAMPLES)
  handle(command, graph)
}

const graph: CommandHandler<Options> = async ({ terminal }, { svg, ...selection }, paths) => {
  const { resources } = await goodDocuments(terminal, { ...selection, paths })
  const found = graphOf(resources)
  if (svg !== undefined) {
    const { graphSvg } = await import('../graph/svg.ts')
    await writeSvg(svg, graphSvg(found))
  }
  terminal.result('graph', found, {
    text: svg === undefined ? graphText : () => `Wrote ${svg}.`,
    markdown: graphMarkdown,
  })
  return EXIT.ok
}

async function writeSvg(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (cause) {
    throw new PlumblineError('IO', `cannot write ${file}`, { cause })
  }
}
