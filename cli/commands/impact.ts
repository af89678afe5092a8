import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import type { Documents, Selection } from '../../config/project/documents.ts'
import { connectionOf, keyOf, resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import { readMasterKey } from '../../identity/directory/data-folder.ts'
import { countImpact, type TenantImpact } from '../../impact/count.ts'
import { impactText } from '../../impact/text.ts'
import { settingsByTenant } from '../../review/settings.ts'
import { goodDocuments, selectable } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline impact -e production          how many users are concerned, by tenant and cause
  plumbline impact -e production --ids    and who they are
  plumbline impact --store postgres://…   by the store of a service that runs elsewhere

Reads the documents, and the users in the store of the identity runtime; writes nothing. Tenants of a service whose store is not
at hand are unknown.`

interface Options extends Selection {
  readonly ids?: true
  readonly store?: string
}

export function define(command: Command): void {
  selectable(command)
    .option('--ids', 'list the ids of the users')
    .addOption(
      new Option('--store <location>', 'postgres:// URL, or a folder (default: PLUMBLINE_STORE, else the project’s)'),
    )
    .addHelpText('after', EXAMPLES)
  handle(command, run)
}

const run: CommandHandler<Options> = async (runtime, { ids = false, store, ...selection }) => {
  const documents = await goodDocuments(runtime.terminal, selection)
  const location = store ?? process.env.PLUMBLINE_STORE
  const at = { ...documents.runtime, ...(location === undefined ? {} : { store: location }) }
  const tenants = await counted(runtime, documents, at, { ids, isNamed: location !== undefined })
  runtime.terminal.result('impact', { tenants }, { text: impactText })
  return EXIT.ok
}

interface How {
  readonly ids: boolean
  /** The store was named, so it is that of every service. */
  readonly isNamed: boolean
}

async function counted(
  { terminal, signal }: Run,
  { resources }: Documents,
  at: { readonly store: string; readonly dataFolder: string },
  { ids, isNamed }: How,
): Promise<readonly TenantImpact[]> {
  const settings = settingsByTenant(resources)
  const elsewhere = isNamed ? new Map<string, string>() : remoteTenants(resources)
  const isHere = [...settings.keys()].some((tenant) => !elsewhere.has(tenant))
  // A folder that was named and holds nothing is a mistake; the own one is empty until the first apply.
  const isEmpty = !isNamed && !existsSync(join(at.dataFolder, 'master.key'))
  const service = isHere && !isEmpty ? await opened(at) : undefined
  try {
    return await terminal.stage('counting users', async (progress) => {
      const found: TenantImpact[] = []
      for (const tenant of settings.values()) {
        const endpoint = elsewhere.get(tenant.tenant)
        const unknown = (because: string): TenantImpact => ({ tenant: tenant.tenant, because, effects: [] })
        const onUsers = (done: number): void => progress.say(`${tenant.tenant}, ${done} users`)
        if (endpoint !== undefined)
          found.push(unknown(`the store of ${endpoint} is not available here; name it with --store`))
        else if (service === undefined)
          found.push(unknown(`${at.dataFolder} holds no data of the service; the first apply makes it`))
        else found.push(await countImpact(service.deps, tenant, { ids, onUsers, signal }))
      }
      return found
    })
  } finally {
    await service?.close()
  }
}

/** Opened after its master key was found, so that nothing is made. */
async function opened(at: { readonly store: string; readonly dataFolder: string }) {
  await readMasterKey(at.dataFolder)
  const { openService } = await import('../../identity/service.ts')
  const { serviceSettings } = await import('../../identity/environment.ts')
  return openService({ ...serviceSettings(process.env), ...at })
}

/** Tenants that another process serves, with its address. */
function remoteTenants(resources: readonly Resource[]): Map<string, string> {
  const index = resolve(resources)
  const tenants = resources.filter(({ kind }) => kind === 'Tenant')
  return new Map(
    tenants.flatMap((tenant) => {
      const endpoint = String(connectionOf(tenant, index)?.spec.endpoint ?? 'embedded')
      return endpoint === 'embedded' ? [] : [[keyOf(tenant), endpoint] as const]
    }),
  )
}
