import type { Command } from 'commander'
import { writeBackup } from '../../identity/backup/backup.ts'
import { openMasterKey, readMasterKey } from '../../identity/directory/data-folder.ts'
import { openDriver } from '../../identity/store/open.ts'
import { SqlStore } from '../../identity/store/sql-store.ts'
import { EXIT } from '../exit.ts'
import { type CommandHandler, handle } from '../run.ts'
import { ofRuntime, type RuntimeOptions, runtimePlaces } from '../runtime-options.ts'

const EXAMPLES = `
Examples:
  plumbline backup nightly.backup                              the runtime of the project here
  plumbline backup --data /var/lib/plumbline nightly.backup    while it serves
  PLUMBLINE_STORE=postgres://… plumbline backup nightly.backup

The file holds everything as it was at one moment, but not the master key: keep <data>/master.key elsewhere.`

export function define(command: Command): void {
  ofRuntime(command).argument('<file>', 'where to write; must not be there yet').addHelpText('after', EXAMPLES)
  handle(command, backup)
}

const backup: CommandHandler<RuntimeOptions> = async ({ terminal }, options, [file = '']) => {
  const { store: location, dataFolder } = runtimePlaces(terminal, options)
  await readMasterKey(dataFolder)
  const driver = await openDriver(location)
  try {
    const now = () => new Date()
    const masterKey = await openMasterKey(dataFolder, new SqlStore(driver, now))
    const rows = await terminal.stage('backing up', (progress) =>
      writeBackup(driver, file, { masterKey, now: now(), onRows: (count) => progress.say(`${count} rows`) }),
    )
    terminal.result('backup', { rows, file }, { text: () => `Wrote ${rows} rows to ${file}` })
    return EXIT.ok
  } finally {
    await driver.close()
  }
}
