import type { Command } from 'commander'
import { readBackup } from '../../identity/backup/restore.ts'
import { readMasterKey } from '../../identity/directory/data-folder.ts'
import { openDriver } from '../../identity/store/open.ts'
import { EXIT } from '../exit.ts'
import { type CommandHandler, handle } from '../run.ts'
import { ofRuntime, type RuntimeOptions, runtimePlaces } from '../runtime-options.ts'

const EXAMPLES = `
Examples:
  plumbline restore --data /var/lib/plumbline nightly.backup
  plumbline restore --store postgres://… nightly.backup        a backup of either database fits both

Put the master.key that belongs to the backup into the data folder first, and stop the service. All of it is restored, or nothing.`

interface Options extends RuntimeOptions {
  readonly replace?: true
}

export function define(command: Command): void {
  ofRuntime(command)
    .argument('<file>', 'made by plumbline backup')
    .option('--replace', 'delete what the store holds; without it only an empty store is written')
    .addHelpText('after', EXAMPLES)
  handle(command, restore)
}

const restore: CommandHandler<Options> = async ({ terminal }, { replace = false, ...options }, [file = '']) => {
  const { store: location, dataFolder } = runtimePlaces(terminal, options)
  const masterKey = await readMasterKey(dataFolder)
  const driver = await openDriver(location)
  try {
    const rows = await terminal.stage('restoring', (progress) =>
      readBackup(driver, file, { masterKey, replace, onRows: (count) => progress.say(`${count} rows`) }),
    )
    terminal.result('restore', { rows, file }, { text: () => `Restored ${rows} rows from ${file}` })
    terminal.note('Next: plumbline audit verify, then start the service.')
    return EXIT.ok
  } finally {
    await driver.close()
  }
}
