import type { Command } from 'commander'
import type { Selection } from '../../config/project/documents.ts'
import { selectable } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { type HistoryEvent, historyOf } from '../log/history.ts'
import { LOG_FORMS } from '../report/log.ts'
import { type CommandHandler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline log Tenant/acme-web                 who changed its document, and what was applied and corrected
  plumbline log Tenant/acme-web -e production   as it was applied in production
  plumbline log Client/portal --format json     for a program

It reads git and the records that apply leaves, asks no system and writes nothing. Whether the records are genuine says:
plumbline audit verify`

export function define(command: Command): void {
  selectable(command).argument('<address>', 'Kind/name or Kind/namespace/name').addHelpText('after', EXAMPLES)
  handle(command, log)
}

const log: CommandHandler<Selection> = async ({ terminal }, options, [address = '']) => {
  const events: readonly HistoryEvent[] = await historyOf(address, options)
  terminal.result('log', events, LOG_FORMS)
  return EXIT.ok
}
