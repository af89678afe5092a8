import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import { placesFor } from '../../config/project/documents.ts'
import type { ChainVerdict } from '../../evidence/chain.ts'
import { publicKeysIn } from '../../evidence/keys.ts'
import { evidenceOf, evidencesAt } from '../../evidence/places.ts'
import { verifyEvidence } from '../../evidence/read.ts'
import type { ChainStore } from '../../evidence/store.ts'
import { openMasterKey, readMasterKey } from '../../identity/directory/data-folder.ts'
import { type ScopeVerdict, verifyAll } from '../../identity/directory/verify-all.ts'
import { openStore } from '../../identity/store/open.ts'
import { EXIT } from '../exit.ts'
import { placeOf } from '../inventory-options.ts'
import { readTextOf } from '../project-files.ts'
import { CHECK_FORMS, type Check } from '../report/checks.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'
import { ofRuntime, type RuntimeOptions, runtimePlaces } from '../runtime-options.ts'

const EXAMPLES = `
Examples:
  plumbline audit verify                       the records of apply, and every log of the runtime of the project here
  plumbline audit verify --tenant acme-web     the log of one tenant
  plumbline audit verify --evidence controller.log --keys keys.json
                                               what a controller has logged (docs/security.md)
  plumbline audit verify --evidence evidence.jsonl --keys evidence-keys.json
                                               records that lie elsewhere; nobody is asked

Keep the printed heads elsewhere: a later log or chain that lacks its head was cut or rolled back as a whole. Keep the public
keys elsewhere, too: whoever writes to the folder could put in others.`

interface Options extends RuntimeOptions {
  readonly tenant?: string
  readonly evidence?: string
  readonly keys?: string
}

export function define(command: Command): void {
  command.addHelpText('after', EXAMPLES)
  const verify = ofRuntime(command.command('verify'))
    .description('check that no record of what was applied, or of the audit log, was changed or removed')
    .option('--tenant <id>', 'only the log of this tenant')
    .option('--evidence <place>', 'only these records of apply: a file, or the postgres:// URL of a database', placeOf)
    .option('--keys <file>', 'public keys of the records, a JWK Set (default: beside them)')
    .addHelpText('after', EXAMPLES)
  handle(verify, run)
}

const run: CommandHandler<Options> = async (runtime, options) => {
  const checks = await checksOf(runtime, options)
  runtime.terminal.result('audit verify', checks, CHECK_FORMS)
  return checks.some((check) => check.status === 'fail') ? EXIT.error : EXIT.ok
}

async function checksOf(runtime: Run, options: Options): Promise<readonly Check[]> {
  const { evidence, keys, tenant, data, store } = options
  if (evidence !== undefined) return checkNamed(evidence, keys)
  const isOfRuntime = tenant !== undefined || data !== undefined || store !== undefined
  const applied = isOfRuntime ? [] : await checkEvidence(await evidenceOf(placesFor(options, process.env)), keys)
  // Without its key a log cannot be checked, and a mistyped folder must not pass as an empty log.
  const hasLogs =
    applied.length === 0 || existsSync(join(runtimePlaces(runtime.terminal, options).dataFolder, 'master.key'))
  return hasLogs ? [...applied, ...(await checkLogs(runtime, options))] : applied
}

async function checkNamed(place: string, keys: string | undefined): Promise<readonly Check[]> {
  const stores = await evidencesAt(place)
  const checks: Check[] = []
  for (const store of stores) {
    const subject = stores.length === 1 ? RECORDS : `${RECORDS} ${store.place}`
    checks.push(...(await checkEvidence(store, keys, subject)))
  }
  if (checks.length === 0) throw new PlumblineError('IO', `${place} holds no records of apply`)
  return checks
}

const RECORDS = 'records of apply'

/** Nothing where there are no records. */
async function checkEvidence(
  store: ChainStore,
  keys: string | undefined,
  subject = RECORDS,
): Promise<readonly Check[]> {
  const given = keys === undefined ? undefined : publicKeysIn(await readTextOf(keys), keys)
  const verdict = await verifyEvidence(store, given)
  return verdict === undefined ? [] : [evidenceCheck(verdict, subject)]
}

function evidenceCheck({ records, from, head, problem, torn, unended }: ChainVerdict, subject: string): Check {
  const good = `${records} good records, head ${head === '' ? 'none' : head}`
  if (problem !== undefined) return { status: 'fail', subject, message: `${problem}; before it ${good}` }
  const notes = [
    ...(from === undefined ? [] : [`those before record ${from} are kept elsewhere`]),
    ...(unended > 0 ? [`${unended} ${unended === 1 ? 'run has' : 'runs have'} begun and not told the end`] : []),
    ...(torn ? ['a run broke off while it wrote a record; the next one goes on behind the last whole record'] : []),
  ]
  return { status: notes.length > 0 ? 'warn' : 'ok', subject, message: [good, ...notes].join('; ') }
}

async function checkLogs({ terminal }: Run, { tenant, ...options }: Options): Promise<readonly Check[]> {
  const { store: location, dataFolder: folder } = runtimePlaces(terminal, options)
  await readMasterKey(folder)
  const now = () => new Date()
  const store = await openStore(location, now)
  try {
    const deps = { store, now, masterKey: await openMasterKey(folder, store) }
    const checks: Check[] = []
    for await (const verdict of verifyAll(deps, tenant)) checks.push(checkOf(verdict))
    return checks
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
