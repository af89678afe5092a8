import type { Command } from 'commander'
import { openMasterKey, readMasterKey } from '../../identity/directory/data-folder.ts'
import { type ScopeVerdict, verifyAll } from '../../identity/directory/verify-all.ts'
import { openStore } from '../../identity/store/open.ts'
import { EXIT } from '../exit.ts'
import { CHECK_FORMS, type Check } from '../report/checks.ts'
import { type CommandHandler, handle } from '../run.ts'
import { ofRuntime, type RuntimeOptions, runtimePlaces } from '../runtime-options.ts'

const EXAMPLES = `
Examples:
  plumbline audit verify                       every log of the runtime of the project here
  plumbline audit verify --tenant acme-web     the log of one tenant

Keep the printed head of a log elsewhere: a later log that lacks it was cut or rolled back as a whole.`

interface Options extends RuntimeOptions {
  readonly tenant?: string
}

export function define(command: Command): void {
  command.addHelpText('after', EXAMPLES)
  const verify = ofRuntime(command.command('verify'))
    .description('check that no record of the audit log was changed or removed')
    .option('--tenant <id>', 'only the log of this tenant')
    .addHelpText('after', EXAMPLES)
  handle(verify, run)
}

const run: CommandHandler<Options> = async ({ terminal }, { tenant, ...options }) => {
  const { store: location, dataFolder: folder } = runtimePlaces(terminal, options)
  // Without its key a log cannot be checked, and a mistyped folder must not pass as an empty log.
  await readMasterKey(folder)
  const now = () => new Date()
  const store = await openStore(location, now)
  try {
    const deps = { store, now, masterKey: await openMasterKey(folder, store) }
    const checks: Check[] = []
    for await (const verdict of verifyAll(deps, tenant)) checks.push(checkOf(verdict))
    terminal.result('audit verify', checks, CHECK_FORMS)
    return checks.some((check) => check.status === 'fail') ? EXIT.error : EXIT.ok
  } finally {
    await store.close()
  }
}

function checkOf({ scope, records, head, problem }: ScopeVerdict): Check {
  const subject = scope === '' ? 'general log' : `tenant ${scope}`
  const good = `${records} good records, head ${head === '' ? 'none' : head}`
  return problem === undefined
    ? { status: 'ok', subject, message: good }
    : { status: 'fail', subject, message: `${problem}; before it ${good}` }
}
