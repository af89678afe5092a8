import type { Command } from 'commander'
import type { Selection } from '../../config/project/documents.ts'
import type { Workspace } from '../../library/workspace.ts'
import { encoded } from '../../providers/session.ts'
import { selectable, trusting } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { readInventory } from '../inventory-options.ts'
import { type LoginPolicy, loginPolicyForms, withPlaces } from '../report/login-policy.ts'
import { writtenIn } from '../report/written-in.ts'
import { type CommandHandler, handle } from '../run.ts'
import { vaultOfTenant } from '../vault-of-tenant.ts'
import { withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline explain login --tenant acme-web --user jane                        what jane's login demands, and who says so
  plumbline explain login --tenant acme-web --user jane --client acme-portal   through one application
  plumbline explain login --tenant acme-web                                    before anybody says who they are
  plumbline explain login --tenant acme-web --user jane --format json          every decision, for programs`

interface Options extends Selection {
  readonly tenant: string
  readonly user?: string
  readonly client?: string
  readonly connection?: string
}

export function define(command: Command): void {
  command.addHelpText('after', EXAMPLES)
  const login = trusting(selectable(command.command('login')))
    .description('what a login demands, and which document says so')
    .requiredOption('--tenant <id>', 'tenant to which somebody signs in')
    .option('--user <name>', 'who signs in (default: nobody has said yet)')
    .option('--client <id>', 'application through which they do')
    .option('-c, --connection <name>', 'Connection to ask (default: the one of the tenant’s document)')
    .addHelpText('after', EXAMPLES)
  handle(login, explain)
}

const explain: CommandHandler<Options> = (run, options) =>
  withReportedWorkspace(run, options, readInventory({}), async (workspace): Promise<ExitCode> => {
    const policy = await ask(workspace, options)
    const places = writtenIn(workspace.documents, policy)
    run.terminal.result('explain login', withPlaces(policy, places), loginPolicyForms(policy, places))
    return EXIT.ok
  })

/** Asks the service itself, so that what is explained is what it does. */
async function ask(workspace: Workspace, { tenant, user, client, connection }: Options): Promise<LoginPolicy> {
  const { signal } = workspace.context
  const vault = await vaultOfTenant(workspace, tenant, connection)
  const query = new URLSearchParams({
    ...(user === undefined ? {} : { username: user }),
    ...(client === undefined ? {} : { client_id: client }),
  })
  const path = `/v1/tenants/${encoded(tenant)}/login-policy?${query}`
  const operation = { id: 'getLoginPolicy', method: 'GET', path } as const
  return vault.object(operation, await vault.call(operation, signal)) as unknown as LoginPolicy
}
