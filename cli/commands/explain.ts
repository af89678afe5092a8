import type { Command } from 'commander'
import type { Selection } from '../../config/project/documents.ts'
import { resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import { type Known, proposalOf } from '../../impact/proposal.ts'
import type { SystemClient } from '../../providers/client.ts'
import { encoded } from '../../providers/session.ts'
import { goodDocuments, selectable, trusting } from '../documents.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { selectionAt } from '../explain/what-if.ts'
import { readInventory } from '../inventory-options.ts'
import {
  changedDecisions,
  type LoginPolicy,
  loginPolicyForms,
  type Told,
  whatIfForms,
  withPlaces,
} from '../report/login-policy.ts'
import { writtenIn } from '../report/written-in.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'
import { vaultOfTenant } from '../vault-of-tenant.ts'
import { withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline explain login --tenant acme-web --user jane                        what jane's login demands, and who says so
  plumbline explain login --tenant acme-web --user jane --client acme-portal   through one application
  plumbline explain login --tenant acme-web                                    before anybody says who they are
  plumbline explain login --tenant acme-web --user jane --what-if .            as if the documents here were applied
  plumbline explain login --tenant acme-web --user jane --what-if ../next      … or those of another checkout
  plumbline explain login --tenant acme-web --user jane --format json          every decision, for programs

--what-if writes nothing, and nothing but Connections of this project is followed. What its documents do not name stays
as it is; objects whose documents are gone stay, as \`apply\` leaves them.`

interface Options extends Selection {
  readonly tenant: string
  readonly user?: string
  readonly client?: string
  readonly connection?: string
  readonly whatIf?: string
}

export function define(command: Command): void {
  command.addHelpText('after', EXAMPLES)
  const login = trusting(selectable(command.command('login')))
    .description('what a login demands, and which document says so')
    .requiredOption('--tenant <id>', 'tenant to which somebody signs in')
    .option('--user <name>', 'who signs in (default: nobody has said yet)')
    .option('--client <id>', 'application through which they do')
    .option('-c, --connection <name>', 'Connection to ask (default: the one of the tenant’s document)')
    .option(
      '--what-if <dir>',
      'as if the documents of this folder or project were applied, beside today; writes nothing',
    )
    .addHelpText('after', EXAMPLES)
  handle(login, explain)
}

const explain: CommandHandler<Options> = (run, options) =>
  withReportedWorkspace(run, options, readInventory({}), async (workspace): Promise<ExitCode> => {
    const vault = await vaultOfTenant(workspace, options.tenant, options.connection)
    const service = { vault, signal: workspace.context.signal, entries: workspace.entries }
    const isAnswered = options.whatIf === undefined
    const today = await ask(service, options, isAnswered ? [] : [NOT_FOUND])
    const told = today && { policy: today, writtenIn: writtenIn(workspace.documents, today) }
    if (options.whatIf !== undefined) await explainProposal(run, service, options, options.whatIf, told)
    else if (told !== undefined)
      run.terminal.result('explain login', withPlaces(told), loginPolicyForms(told.policy, told.writtenIn))
    return EXIT.ok
  })

interface AskedService extends Pick<Known, 'entries'> {
  readonly vault: SystemClient
  readonly signal: AbortSignal
}

const NOT_FOUND = 404

/** Asks the service itself, so that what is explained is what it does. `undefined` for an accepted status. */
async function ask(
  { vault, signal }: AskedService,
  { tenant, user, client }: Options,
  accepts: readonly number[],
): Promise<LoginPolicy | undefined> {
  const query = new URLSearchParams({
    ...(user === undefined ? {} : { username: user }),
    ...(client === undefined ? {} : { client_id: client }),
  })
  const operation = { id: 'getLoginPolicy', method: 'GET', path: `${pathOf(tenant)}?${query}`, accepts } as const
  const answer = await vault.call(operation, signal)
  return accepts.includes(answer.status) ? undefined : (vault.object(operation, answer) as unknown as LoginPolicy)
}

const pathOf = (tenant: string): string => `/v1/tenants/${encoded(tenant)}/login-policy`

async function explainProposal(
  { terminal }: Run,
  service: AskedService,
  options: Options,
  place: string,
  today: Told | undefined,
): Promise<void> {
  const documents = await goodDocuments(terminal, selectionAt(place, options))
  const policy = await propose(service, options, documents.resources, today?.policy.organization_id ?? null)
  const told = { policy, writtenIn: writtenIn(documents, policy) }
  const whatIf = { told, folder: place, ...(today && { today }) }
  const changed = today === undefined ? undefined : changedDecisions(policy, today.policy)
  const beside = { folder: place, today: today === undefined ? null : withPlaces(today), changed: changed ?? null }
  terminal.result('explain login', { ...withPlaces(told), what_if: beside }, whatIfForms(whatIf))
}

async function propose(
  { vault, signal, entries }: AskedService,
  { tenant, user, client }: Options,
  resources: readonly Resource[],
  organization: string | null,
): Promise<LoginPolicy> {
  const asked = { tenant_id: tenant, organization_id: organization, client_id: client ?? null, username: user ?? null }
  const names = { ...(user !== undefined && { username: user }), ...(client !== undefined && { client_id: client }) }
  const body = { ...names, ...proposalOf(resources, asked, { index: resolve(resources), entries }) }
  const operation = { id: 'proposeLoginPolicy', method: 'POST', path: pathOf(tenant), body, reads: true } as const
  return vault.object(operation, await vault.call(operation, signal)) as unknown as LoginPolicy
}
