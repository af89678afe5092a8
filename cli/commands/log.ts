import type { Command } from 'commander'
import type { Selection } from '../../config/project/documents.ts'
import { selectable } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { placeOf } from '../inventory-options.ts'
import { type HistoryEvent, historyOf } from '../log/history.ts'
import { LOG_FORMS } from '../report/log.ts'
import { type CommandHandler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline log Tenant/acme-web                 who changed its document, and what was applied and corrected
  plumbline log Tenant/acme-web -e production   as it was applied in production
  plumbline log Client/portal --format json     for a program
  plumbline log Tenant/identity/acme-web --evidence controller.log   what a controller did to it

It reads git and the records that apply leaves, asks no system and writes nothing. Whether the records are genuine says:
plumbline audit verify`

export function define(command: Command): void {
  selectable(command)
    .argument('<address>', 'Kind/name or Kind/namespace/name')
    .option(
      '--evidence <place>',
      "records that lie elsewhere: a file, a controller's log, or a postgres:// URL",
      placeOf,
    )
    .addHelpText('after', EXAMPLES)
  handle(command, log)
}

interface Options extends Selection {
  readonly evidence?: string
}

const log: CommandHandler<Options> = async ({ terminal }, options, [address = '']) => {
  const events: readonly HistoryEvent[] = await historyOf(address, options)
  terminal.result('log', events, LOG_FORMS)
  return EXIT.ok
}
