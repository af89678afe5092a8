import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { newAdminKey } from '../../identity/directory/administrator-key.ts'
import { openMasterKey, readMasterKey, rotateAdminKey } from '../../identity/directory/data-folder.ts'
import { AuditLog } from '../../identity/platform/audit/log.ts'
import { openStore } from '../../identity/store/open.ts'
import { GLOBAL } from '../../identity/store/store.ts'
import { EXIT } from '../exit.ts'
import { type CommandHandler, handle } from '../run.ts'
import { ofRuntime, type RuntimeOptions, runtimePlaces } from '../runtime-options.ts'

const CREATE_EXAMPLES = `
Examples:
  PLUMBLINE_ADMIN_KEY=$(plumbline admin-key create)     for \`serve\` and for {fromEnv: PLUMBLINE_ADMIN_KEY} of a Connection

A service that has no key yet takes it at its first start. It is kept nowhere but where you put it.`

const EXAMPLES = `
Examples:
  plumbline admin-key create                                            a key for the first start of a service
  plumbline admin-key rotate --data /var/lib/plumbline                  the key before stays good for a day
  plumbline admin-key rotate --data /var/lib/plumbline --overlap 0      it leaked: it ends at once

The new key is in <data>/admin.key (mode 0600) and is not printed. The service may run meanwhile; every replica knows the key at once.`

const SECONDS_PER_HOUR = 3600

interface Options extends RuntimeOptions {
  readonly overlap: number
}

export function define(command: Command): void {
  command.addHelpText('after', EXAMPLES)
  const create = command
    .command('create')
    .description('print a fresh administrator key, for a service that has none yet')
  handle(create.addHelpText('after', CREATE_EXAMPLES), async ({ terminal }) => {
    terminal.result('admin-key create', { key: newAdminKey() }, { text: ({ key }) => key })
    return EXIT.ok
  })
  const rotate = ofRuntime(command.command('rotate'))
    .description('make another administrator key; the one before stays good for a while')
    .option('--overlap <hours>', 'how long the key before stays good', hoursOf, 24)
    .addHelpText('after', EXAMPLES)
  handle(rotate, run)
}

function hoursOf(text: string): number {
  const hours = Number(text)
  if (text.trim() === '' || !(hours >= 0 && hours <= 8760))
    throw new InvalidArgumentError('Write hours, from 0 to 8760.')
  return hours
}

const run: CommandHandler<Options> = async ({ terminal }, { overlap, ...options }) => {
  const { store: location, dataFolder: folder } = runtimePlaces(terminal, options)
  // A mistyped folder must not pass as one without a key.
  await readMasterKey(folder)
  const now = () => new Date()
  const store = await openStore(location, now)
  try {
    const deps = { store, now, masterKey: await openMasterKey(folder, store) }
    const { formerUntil } = await rotateAdminKey(deps, folder, overlap * SECONDS_PER_HOUR)
    const subject = { former_until: formerUntil.toISOString() }
    await new AuditLog(deps).append(GLOBAL, { event: 'admin-key.rotated', actor: 'administrator', subject })
    const former = overlap === 0 ? 'has ended' : `stays good until ${formerUntil.toISOString()}`
    const file = join(folder, 'admin.key')
    terminal.result(
      'admin-key rotate',
      { file, formerUntil: formerUntil.toISOString() },
      { text: () => `The new administrator key is in ${file}.\nThe key before ${former}.` },
    )
    return EXIT.ok
  } finally {
    await store.close()
  }
}
