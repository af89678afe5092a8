import type { Command } from 'commander'
import { editorBundle, editorSchemaOf } from '../../config/generate/editor.ts'
import { fileNameOf } from '../../config/generate/reference.ts'
import { KINDS } from '../../config/kinds/index.ts'
import { EXIT } from '../exit.ts'
import { namedKind } from '../kinds.ts'
import { writeFolder } from '../output-folder.ts'
import { type Handler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline schema > plumbline.schema.json     all kinds, for an editor (yaml.schemas)
  plumbline schema Tenant                      one kind
  plumbline schema --out schemas               all files into a folder`

interface Options {
  readonly out?: string
}

export function define(command: Command): void {
  command
    .argument('[kind]', 'one kind (default: all in one schema)')
    .option('-o, --out <folder>', 'write one file per kind and the bundle')
    .addHelpText('after', EXAMPLES)
  handle(command, schema)
}

const json = (value: unknown): string => JSON.stringify(value, undefined, 2)

const schema: Handler<Options> = async ({ terminal }, { out }, [name]) => {
  const kinds = name === undefined ? KINDS : [namedKind(name)]
  if (out === undefined) {
    terminal.print(json(name === undefined ? editorBundle(KINDS) : editorSchemaOf(namedKind(name))))
    return EXIT.ok
  }
  const single = kinds.map((k) => [`${fileNameOf(k)}.schema.json`, `${json(editorSchemaOf(k))}\n`] as const)
  await writeFolder(out, new Map([...single, ['plumbline.schema.json', `${json(editorBundle(kinds))}\n`]]))
  return EXIT.ok
}
