import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import type { JsonObject } from '../../config/json.ts'
import type { Selection } from '../../config/project/documents.ts'
import type { Workspace } from '../../library/workspace.ts'
import { encoded } from '../../providers/session.ts'
import { selectable, trusting } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { readInventory } from '../inventory-options.ts'
import { type CommandHandler, handle } from '../run.ts'
import { userRecordsIn } from '../users/file.ts'
import { type ExportingSystem, READERS, type UserRecord } from '../users/formats.ts'
import type { FirebaseScrypt } from '../users/hashes.ts'
import { vaultOfTenant } from '../vault-of-tenant.ts'
import { withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline users import realm.json --tenant acme-web --from keycloak
  plumbline users import users.json --tenant acme-web --from auth0
  plumbline users import users.json --tenant acme-web --from firebase --hash-parameters firebase.json
  plumbline users import people.csv --tenant acme-web     columns: user_id, username, email, is_verified, password_hash, …

People keep their passwords: each is checked against the hash of the other system at the first sign-in, and hashed anew then. Users whose id
or name is taken stay as they are, so the same file can be imported again. Nothing is sent unless every record of the file can be read.`

interface Options extends Selection {
  readonly tenant: string
  readonly from: ExportingSystem
  readonly hashParameters?: string
  readonly connection?: string
}

/** As many as the service takes at once. */
const BATCH = 200

export function define(command: Command): void {
  command.addHelpText('after', EXAMPLES)
  const bring = trusting(selectable(command.command('import')))
    .description('create the users of another system, with their passwords')
    .argument('<file>', 'JSON, JSON Lines or CSV')
    .requiredOption('--tenant <id>', 'tenant that they become users of')
    .addOption(
      new Option('--from <system>', 'system that the file comes from')
        .choices(Object.keys(READERS))
        .default('plumbline'),
    )
    .option('--hash-parameters <file>', 'password hash parameters of a Firebase project, as JSON')
    .option('-c, --connection <name>', 'Connection to ask (default: the one of the tenant’s document)')
    .addHelpText('after', EXAMPLES)
  handle(bring, run)
}

const run: CommandHandler<Options> = (run, options, [file = '']) =>
  withReportedWorkspace(run, options, readInventory({}), async (workspace): Promise<ExitCode> => {
    const users = await usersIn(file, options)
    const taken = await send(workspace, options, users)
    const result = { created: users.length - taken.length, taken }
    run.terminal.result('users import', result, { text: () => told(result) })
    return EXIT.ok
  })

const told = ({ created, taken }: { readonly created: number; readonly taken: readonly string[] }): string =>
  `Created ${created} ${created === 1 ? 'user' : 'users'}.${
    taken.length === 0
      ? ''
      : ` ${taken.length} were there already: ${taken.slice(0, 10).join(', ')}${taken.length > 10 ? ', …' : ''}`
  }`

/** Throws IO, and INVALID_DOCUMENT with every record that cannot be read. */
async function usersIn(file: string, { from, hashParameters }: Options): Promise<readonly UserRecord[]> {
  const project =
    hashParameters === undefined ? undefined : (JSON.parse(await readFile(hashParameters, 'utf8')) as FirebaseScrypt)
  const problems: string[] = []
  const users = (await userRecordsIn(file)).flatMap((record, i) => {
    try {
      return [READERS[from](record, project) ?? []].flat()
    } catch (error) {
      problems.push(`record ${i + 1}: ${error instanceof Error ? error.message : String(error)}`)
      return []
    }
  })
  if (problems.length === 0) return users
  throw new PlumblineError('INVALID_DOCUMENT', `${file} was not imported: ${problems.slice(0, 10).join('; ')}`)
}

/** Returns the ids of those who were there already. */
async function send(
  workspace: Workspace,
  { tenant, connection }: Options,
  users: readonly UserRecord[],
): Promise<readonly string[]> {
  const vault = await vaultOfTenant(workspace, tenant, connection)
  const path = `/v1/tenants/${encoded(tenant)}/users/import`
  const taken: string[] = []
  for (let i = 0; i < users.length; i += BATCH) {
    const body = { users: users.slice(i, i + BATCH).map((user) => ({ ...user, tenant_id: tenant })) }
    const operation = { id: 'importUsers', method: 'POST', path, body } as const
    const answer: JsonObject = vault.object(operation, await vault.call(operation, workspace.context.signal))
    const results = answer.results as readonly { readonly user_id: string; readonly outcome: string }[]
    taken.push(...results.filter(({ outcome }) => outcome === 'taken').map(({ user_id }) => user_id))
  }
  return taken
}
