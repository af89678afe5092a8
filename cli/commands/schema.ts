import type { Command } from 'commander'
import {
  editorBundle,
  editorSchemaOf,
  type JsonSchema,
  overlayBundle,
  projectEditorSchema,
} from '../../config/generate/editor.ts'
import { fileNameOf } from '../../config/generate/reference.ts'
import type { Kind } from '../../config/kind.ts'
import { KINDS } from '../../config/kinds/index.ts'
import { EXIT } from '../exit.ts'
import { namedKind } from '../named-kind.ts'
import { outputSchema } from '../output/schema.ts'
import { writeResult } from '../output-folder.ts'
import { type CommandHandler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline schema > plumbline.schema.json     all kinds, for an editor (yaml.schemas)
  plumbline schema Tenant                      one kind
  plumbline schema Project                     the project file
  plumbline schema Output                      what commands print with --format json
  plumbline schema --overlays                  overlays, which hold only what they change
  plumbline schema --out schemas               all files into a folder`

interface Options {
  readonly overlays?: true
  readonly out?: string
}

export function define(command: Command): void {
  command
    .argument('[kind]', 'one kind (default: all in one schema)')
    .option('--overlays', 'of overlays instead of documents')
    .option('-o, --out <folder>', 'write one file per kind and the bundle')
    .addHelpText('after', EXAMPLES)
  handle(command, schema)
}

const json = (value: unknown): string => JSON.stringify(value, undefined, 2)

const schema: CommandHandler<Options> = async ({ terminal }, { out, overlays }, [name]) => {
  if (out === undefined) terminal.result('schema', oneOf(name, overlays), { text: json })
  else await writeResult(terminal, 'schema', out, filesOf(name === undefined ? KINDS : [namedKind(name)]))
  return EXIT.ok
}

/** Schemas of what is no kind. */
const OTHERS: Readonly<Record<string, () => JsonSchema>> = { project: projectEditorSchema, output: outputSchema }

function oneOf(name: string | undefined, overlays: true | undefined): JsonSchema {
  const made = name === undefined ? undefined : OTHERS[name.toLowerCase()]
  if (made !== undefined) return made()
  const kinds = name === undefined ? KINDS : [namedKind(name)]
  if (overlays) return overlayBundle(kinds)
  return name === undefined ? editorBundle(KINDS) : editorSchemaOf(namedKind(name))
}

function filesOf(kinds: readonly Kind[]): ReadonlyMap<string, string> {
  const single = kinds.map((k) => [`${fileNameOf(k)}.schema.json`, editorSchemaOf(k)] as const)
  const all = [
    ...single,
    ['plumbline.schema.json', editorBundle(kinds)],
    ['overlay.schema.json', overlayBundle(kinds)],
    ['project.schema.json', projectEditorSchema()],
    ['output.schema.json', outputSchema()],
  ] as const
  return new Map(all.map(([file, value]) => [file, `${json(value)}\n`]))
}
