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
import { namedKind } from '../kinds.ts'
import { writeFolder } from '../output-folder.ts'
import { type Handler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline schema > plumbline.schema.json     all kinds, for an editor (yaml.schemas)
  plumbline schema Tenant                      one kind
  plumbline schema Project                     the project file
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

const schema: Handler<Options> = async ({ terminal }, { out, overlays }, [name]) => {
  if (out === undefined) terminal.print(json(oneOf(name, overlays)))
  else await writeFolder(out, filesOf(name === undefined ? KINDS : [namedKind(name)]))
  return EXIT.ok
}

function oneOf(name: string | undefined, overlays: true | undefined): JsonSchema {
  if (name?.toLowerCase() === 'project') return projectEditorSchema()
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
  ] as const
  return new Map(all.map(([file, value]) => [file, `${json(value)}\n`]))
}
