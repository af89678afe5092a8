import type { Command } from 'commander'
import { stringify } from 'yaml'
import { crdOf } from '../../config/generate/crd.ts'
import { fileNameOf } from '../../config/generate/reference.ts'
import { KINDS } from '../../config/kinds/index.ts'
import { EXIT } from '../exit.ts'
import { writeResult } from '../output-folder.ts'
import { type CommandHandler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline crds | kubectl apply -f -     install or upgrade the resource definitions
  plumbline crds --out crds               one file per kind`

interface Options {
  readonly out?: string
}

export function define(command: Command): void {
  command.option('-o, --out <folder>', 'write one file per kind').addHelpText('after', EXAMPLES)
  handle(command, crds)
}

const yaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })

const crds: CommandHandler<Options> = async ({ terminal }, { out }) => {
  const text = (found: readonly unknown[]) => found.map(yaml).join('---\n').trimEnd()
  if (out === undefined) terminal.result('crds', KINDS.map(crdOf), { text })
  else await writeResult(terminal, 'crds', out, new Map(KINDS.map((k) => [`${fileNameOf(k)}.yaml`, yaml(crdOf(k))])))
  return EXIT.ok
}
