import { kindOf } from '../config/kinds/index.ts'
import { type Documents, environmentOf, type Selection } from '../config/project/documents.ts'
import { resolve as index } from '../config/references.ts'
import { placedAddressOf, type Resource } from '../config/resource.ts'
import { SYSTEMS } from '../providers/registry.ts'
import { bringOver, keepOldName } from '../reconciler/bring-over.ts'
import type { RuleCheck } from '../reconciler/decide.ts'
import { digestOf } from '../reconciler/digest.ts'
import { afterNamed, type Facts, factsOf } from '../reconciler/facts.ts'
import { fileDeliveries } from '../reconciler/file-deliveries.ts'
import { lookAtAll } from '../reconciler/look.ts'
import type { Matched } from '../reconciler/match.ts'
import type { Plan, Policy } from '../reconciler/model.ts'
import type { Context } from '../reconciler/observe.ts'
import { Ownership } from '../reconciler/ownership.ts'
import { plan } from '../reconciler/plan.ts'
import { ruleCheck } from '../reconciler/rules.ts'
import { type EmbeddedRuntime, Runtime } from '../reconciler/runtime.ts'
import { secretSource } from '../reconciler/secret-source.ts'
import { goodDocuments } from './documents.ts'
import { type OpenOwned, type Owned, type TakeOverOptions, takeFromOf } from './owned.ts'
import { readdressed } from './readdressed.ts'
import type { Run } from './run.ts'

/** Everything that planning and applying needs, opened. */
export interface Workspace<O extends Owned = Owned> {
  readonly documents: Documents
  readonly facts: readonly Facts[]
  readonly inventory: O
  /** What is owned, under the addresses of these documents. */
  readonly entries: Owned['entries']
  readonly context: Context & { readonly runtime: Runtime }
  readonly rules: RuleCheck
  /** SHA-256 of the checked documents. */
  readonly digest: string
}

/** Opens the selected documents, what we own of them and their systems for the time of `work`. Throws on mistakes. */
export async function withWorkspace<O extends Owned, T>(
  run: Run,
  selection: Selection & TakeOverOptions,
  open: OpenOwned<O>,
  work: (workspace: Workspace<O>) => Promise<T>,
): Promise<T> {
  const documents = await goodDocuments(run.terminal, selection)
  for (const note of bringOver(documents)) run.terminal.note(note)
  const inventory = await open(documents)
  const embedded = usesEmbedded(documents.resources) ? await openRuntime(documents) : undefined
  try {
    return await work(workspaceOf(run, documents, inventory, embedded, selection))
  } finally {
    await embedded?.close()
    await inventory.close()
  }
}

const usesEmbedded = (resources: readonly Resource[]): boolean =>
  resources.some((r) => r.kind === 'Connection' && r.spec.endpoint === 'embedded')

/** The runtime opens before secrets are read: the first start makes the administrator key that they may refer to. */
async function openRuntime(documents: Documents) {
  keepOldName(documents)
  const { openEmbedded } = await import('../identity/embedded.ts')
  return openEmbedded(documents.runtime)
}

function workspaceOf<O extends Owned>(
  { signal }: Run,
  documents: Documents,
  inventory: O,
  embedded: EmbeddedRuntime | undefined,
  options: TakeOverOptions,
): Workspace<O> {
  const { resources, folder } = documents
  const all = index(resources)
  const managed = resources.filter((r) => kindOf(r.kind)?.system !== undefined)
  const facts = afterNamed(managed.map((r) => factsOf(r, all, undefined, placedAddressOf)))
  const runtime = new Runtime({
    index: all,
    systems: SYSTEMS,
    secrets: secretSource({ env: environmentOf(documents), folder, allowed: documents.allowedSecrets }),
    refused: documents.refused,
    embedded: async () => embedded ?? { fetch },
  })
  const claimed = new Map(facts.map((f) => [f.address, f.claim?.object]))
  const ownership = inventory.ownerId && {
    ownership: new Ownership({
      runtime,
      owner: inventory.ownerId,
      holderOf: (address) => `plumbline, ${documents.scope}: ${address}`,
      claimedAt: (address) => claimed.get(address),
      ...takeFromOf(options),
      signal,
    }),
  }
  return {
    documents,
    facts,
    inventory,
    entries: readdressed(inventory.entries, facts),
    context: {
      runtime,
      deliveries: fileDeliveries(folder),
      fingerprintKey: inventory.fingerprintKey,
      signal,
      ...ownership,
    },
    rules: ruleCheck,
    digest: digestOf(resources.map(({ kind, metadata, spec }) => ({ kind, metadata, spec }))),
  }
}

/** A plan, with the memory that it was made on. */
export interface Planned {
  readonly plan: Plan
  readonly matched: Matched
}

/** Looks at every system and plans. */
export async function planned(run: Run, workspace: Workspace, policy: Policy): Promise<Planned> {
  const { facts, inventory, entries, context, rules } = workspace
  const { keyOf } = inventory
  const { matched, snapshot, held } = await run.terminal.stage(
    'reading the systems',
    (progress) => lookAtAll({ documents: facts, entries, context, onSeen: () => progress.tick(), keyOf }),
    facts.length,
  )
  context.signal.throwIfAborted()
  const { finalizeDue } = inventory.snapshot()
  return run.terminal.stage('planning', async () => ({
    matched,
    plan: plan({ matched, snapshot, held, finalizeDue, policy, rules }),
  }))
}
