import type { Command } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import { checkDocuments } from '../../config/project/documents.ts'
import { InvalidDocuments } from '../../library/invalid.ts'
import { projectOption } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { type Named, namedBy, renamedIn } from '../move/rename.ts'
import { namedKind } from '../named-kind.ts'
import { projectFiles, readTextOf, replaceTexts, shown } from '../project-files.ts'
import { type CommandHandler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline move Tenant/acme-web Tenant/acme-portal

Renames a document in its file and in its overlays, and every reference to it. Where an object has its id from the name of the
document, the document says it from then on (tenantId). Nothing is sent: the next plan says \`move\`, and the object stays as it is.`

interface Options {
  readonly project?: string
}

export function define(command: Command): void {
  projectOption(command)
    .argument('<old>', 'Kind/name or Kind/namespace/name')
    .argument('<new>', 'the same with another name')
    .addHelpText('after', EXAMPLES)
  handle(command, move)
}

const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/

const move: CommandHandler<Options> = async ({ terminal }, options, [old = '', wanted = '']) => {
  const [from, to] = [addressed(old), addressed(wanted)]
  if (from.kind !== to.kind || from.namespace !== to.namespace || !NAME.test(to.name)) throw notAName(wanted)
  requireGood(options)
  const texts = await textsOf(options)
  if (changedBy(texts, to, `${to.name}-`).size > 0) throw new PlumblineError('REFUSED', `${wanted} already exists`)
  const changed = changedBy(texts, from, to.name)
  if (changed.size === 0) throw new PlumblineError('USAGE', `no file of the project names ${old}`)
  await replaceTexts(changed)
  const files = [...changed.keys()].map(shown)
  terminal.result('move', { from: old, to: wanted, files }, { text: () => files.map((f) => `changed ${f}`).join('\n') })
  return EXIT.ok
}

interface Text {
  readonly file: string
  readonly text: string
  /** Overlays are merged over the document that names the object. */
  readonly pinned: boolean
}

function textsOf(options: Options): Promise<readonly Text[]> {
  const { documents, overlays } = projectFiles(options)
  const read = async (file: string, pinned: boolean) => ({ file, text: await readTextOf(file), pinned })
  return Promise.all([...documents.map((file) => read(file, true)), ...overlays.map((file) => read(file, false))])
}

/** The files in which a name changes, with their new texts. */
function changedBy(texts: readonly Text[], from: Named, to: string): ReadonlyMap<string, string> {
  const renamed = texts.map(({ file, text, pinned }) => [file, text, renamedIn(text, from, to, { pinned })] as const)
  return new Map(renamed.flatMap(([file, before, after]) => (before === after ? [] : [[file, after] as const])))
}

function addressed(address: string): Named {
  const named = namedBy(address)
  if (named === undefined)
    throw new PlumblineError('USAGE', `${address} is not the address of a document`, {
      help: 'Write Kind/name, as `plumbline plan` does.',
    })
  return { ...named, kind: namedKind(named.kind).name }
}

const notAName = (address: string): PlumblineError =>
  new PlumblineError('USAGE', `${address} is not a new name for the document`, {
    help: 'Kind and namespace stay. Names are lower-case letters, digits, dashes and dots.',
  })

/** A project with mistakes may mean other documents than it says. */
function requireGood(options: Options): void {
  const mistakes = checkDocuments(options).flatMap(({ diagnostics }) =>
    diagnostics.filter((d) => d.severity === 'error'),
  )
  if (mistakes.length > 0) throw new InvalidDocuments(mistakes)
}
