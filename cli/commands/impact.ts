import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { type Documents, readDocuments, type Selection } from '../../config/project/documents.ts'
import { readMasterKey } from '../../identity/directory/data-folder.ts'
import { impactText } from '../../impact/text.ts'
import type { TenantImpact } from '../../review/model.ts'
import { settingsByTenant } from '../../review/settings.ts'
import { goodDocuments, selectable } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { readInventory } from '../inventory-options.ts'
import { impactByServices, impactInStore } from '../login-impact.ts'
import { type CommandHandler, handle, type Run } from '../run.ts'
import { withReportedWorkspace } from '../workspace.ts'

const EXAMPLES = `
Examples:
  plumbline impact -e production          how many users are concerned, by tenant and cause
  plumbline impact -e production --ids    and who they are
  plumbline impact --store postgres://…   by the store of a service that runs elsewhere

Asks the identity service of each tenant, embedded or not, and writes nothing. Tenants of a service that cannot be asked are
unknown.`

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
  const location = store ?? process.env.PLUMBLINE_STORE
  const tenants =
    location === undefined
      ? await byServices(runtime, selection, ids)
      : await byStore(runtime, await goodDocuments(runtime.terminal, selection), { location, ids })
  runtime.terminal.result('impact', { tenants }, { text: impactText })
  return EXIT.ok
}

async function byServices(run: Run, selection: Selection, ids: boolean): Promise<readonly TenantImpact[]> {
  return (
    beforeFirstApply(readDocuments(selection, process.env)) ??
    (await withReportedWorkspace(run, selection, readInventory({}), (workspace) =>
      impactByServices(run, workspace, { ids }),
    ))
  )
}

/** Before the first apply an embedded service has nobody, and looking at it would make it. */
function beforeFirstApply({ resources, runtime: { dataFolder } }: Documents): readonly TenantImpact[] | undefined {
  const connections = resources.filter(({ kind }) => kind === 'Connection')
  const isElsewhere = connections.some(({ spec }) => spec.endpoint !== 'embedded')
  if (isElsewhere || existsSync(join(dataFolder, 'master.key'))) return undefined
  const because = `${dataFolder} holds no data of the service; the first apply makes it`
  return [...settingsByTenant(resources).keys()].map((tenant) => ({ tenant, because, effects: [] }))
}

interface NamedStore {
  readonly location: string
  readonly ids: boolean
}

/** A store that was named is that of every service. Its master key is looked for first, so that nothing is made. */
async function byStore(
  run: Run,
  documents: Documents,
  { location, ids }: NamedStore,
): Promise<readonly TenantImpact[]> {
  const at = { ...documents.runtime, store: location }
  await readMasterKey(at.dataFolder)
  const { openService } = await import('../../identity/service.ts')
  const { serviceSettings } = await import('../../identity/environment.ts')
  const service = await openService({ ...serviceSettings(process.env), ...at })
  try {
    return await impactInStore(run, documents, service.deps, { ids })
  } finally {
    await service.close()
  }
}
