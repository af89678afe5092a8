import { kindOf } from '../config/kinds/index.ts'
import { type Documents, environmentOf, type ProcessEnvironment } from '../config/project/documents.ts'
import { resolve as index } from '../config/references.ts'
import { placedAddressOf, type Resource } from '../config/resource.ts'
import { SYSTEMS } from '../providers/registry.ts'
import { bringOver, keepOldName } from '../reconciler/bring-over.ts'
import { Connections, type EmbeddedRuntime } from '../reconciler/connections.ts'
import type { RuleCheck } from '../reconciler/decide.ts'
import { digestOf } from '../reconciler/digest.ts'
import { afterNamed, type Facts, factsOf } from '../reconciler/facts.ts'
import { fileDeliveries } from '../reconciler/file-deliveries.ts'
import type { Context } from '../reconciler/observe.ts'
import { Ownership } from '../reconciler/ownership.ts'
import { ruleCheck } from '../reconciler/rule-check.ts'
import { type SecretPlaces, secretSource } from '../reconciler/secret-source.ts'
import { InvalidDocuments } from './invalid.ts'
import { type OpenOwned, type Owned, type TakeOverOptions, takeFromOf } from './ownership.ts'
import { readdressed } from './readdressed.ts'

/** Everything that planning and applying needs, opened. */
export interface Workspace<O extends Owned = Owned> {
  readonly documents: Documents
  readonly facts: readonly Facts[]
  readonly inventory: O
  /** What is owned, under the addresses of these documents. */
  readonly entries: Owned['entries']
  readonly context: Context & { readonly connections: Connections }
  readonly rules: RuleCheck
  /** SHA-256 of the checked documents. */
  readonly digest: string
}

/** How documents are opened. */
export interface Opening extends TakeOverOptions {
  readonly signal: AbortSignal
  /** Hears what was done on the way that a person should know. */
  readonly onNote: (text: string) => void
  /** Variables of the process: secrets are among them, and settings of an embedded service. */
  readonly env: ProcessEnvironment
  /** Whether a secret reference is one that somebody has reviewed (default: each is). */
  readonly reviewed?: SecretPlaces['reviewed']
}

/** Opens documents, what we own of them and their systems for the time of `work`. Throws `InvalidDocuments` on mistakes. */
export async function withWorkspace<O extends Owned, T>(
  documents: Documents,
  opening: Opening,
  open: OpenOwned<O>,
  work: (workspace: Workspace<O>) => Promise<T>,
): Promise<T> {
  if (documents.diagnostics.some((d) => d.severity === 'error')) throw new InvalidDocuments(documents.diagnostics)
  for (const note of bringOver(documents)) opening.onNote(note)
  const inventory = await open(documents)
  const embedded = usesEmbedded(documents.resources) ? await openRuntime(documents, opening.env) : undefined
  try {
    return await work(workspaceOf(documents, inventory, embedded, opening))
  } finally {
    await embedded?.close()
    await inventory.close()
  }
}

const usesEmbedded = (resources: readonly Resource[]): boolean =>
  resources.some((r) => r.kind === 'Connection' && r.spec.endpoint === 'embedded')

/** The runtime opens before secrets are read: the first start makes the administrator key that they may refer to. */
async function openRuntime(documents: Documents, env: ProcessEnvironment) {
  keepOldName(documents)
  const { openEmbedded } = await import('../identity/embedded.ts')
  const { serviceSettings } = await import('../identity/environment.ts')
  return openEmbedded({ ...documents.runtime, ...serviceSettings(env) })
}

function workspaceOf<O extends Owned>(
  documents: Documents,
  inventory: O,
  embedded: EmbeddedRuntime | undefined,
  { signal, reviewed, env, ...options }: Opening,
): Workspace<O> {
  const { resources, folder } = documents
  const all = index(resources)
  const managed = resources.filter((r) => kindOf(r.kind)?.system !== undefined)
  const facts = afterNamed(managed.map((r) => factsOf(r, all, undefined, placedAddressOf)))
  const connections = new Connections({
    index: all,
    systems: SYSTEMS,
    secrets: secretSource({
      env: environmentOf(documents, env),
      folder,
      allowed: documents.allowedSecrets,
      ...(reviewed && { reviewed }),
    }),
    refused: documents.refused,
    embedded: async () => embedded ?? { fetch },
  })
  const claimed = new Map(facts.map((f) => [f.address, f.claim?.object]))
  const ownership = inventory.ownerId && {
    ownership: new Ownership({
      connections,
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
      connections,
      deliveries: fileDeliveries(folder),
      fingerprintKey: inventory.fingerprintKey,
      signal,
      ...ownership,
    },
    rules: ruleCheck,
    digest: digestOf(resources.map(({ kind, metadata, spec }) => ({ kind, metadata, spec }))),
  }
}
