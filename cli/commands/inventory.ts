import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import { isDatabase } from '../../config/project/database-places.ts'
import { placesFor, type Selection } from '../../config/project/documents.ts'
import { openRows } from '../../reconciler/open-inventory.ts'
import { selectable } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { type CommandHandler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline inventory copy .plumbline/dev/inventory.db      to where the project keeps it, e.g. a database
  plumbline inventory copy -e production old.db             to that of another environment
  plumbline inventory copy old.db new.db                    to a file`

export function define(command: Command): void {
  command.addHelpText('after', EXAMPLES)
  const copy = selectable(command.command('copy'))
    .description('copy all that was applied from one inventory to another, empty one')
    .argument('<from>', 'inventory file or postgres:// URL')
    .argument('[to]', "the same (default: the project's)")
    .addHelpText('after', EXAMPLES)
  handle(copy, run)
}

const run: CommandHandler<Selection> = async ({ terminal }, selection, [from = '', to]) => {
  const { inventory, scope } = placesFor(selection, process.env)
  if (!isDatabase(from) && !existsSync(from)) throw new PlumblineError('IO', `there is no inventory ${from}`)
  const source = await openRows({ inventory: from, scope }, 'write')
  try {
    const target = await openRows({ inventory: to ?? inventory, scope }, 'write')
    await target.fill(source).finally(() => target.close())
    const objects = source.loaded.entries.size
    terminal.result('inventory copy', { objects }, { text: () => `Copied ${objects} objects.` })
    return EXIT.ok
  } finally {
    await source.close()
  }
}
