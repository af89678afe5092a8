import { PlumblineError } from '../../config/errors.ts'
import type { Kind } from '../../config/kind.ts'
import type { Workspace } from '../../library/workspace.ts'
import type { Observed, Session } from '../../reconciler/adapter.ts'
import type { Facts } from '../../reconciler/facts.ts'
import { type Exported, exported } from './document.ts'
import { Names } from './names.ts'
import { objects } from './objects.ts'

/** Which object is wanted. */
export interface WantedObject {
  readonly kind: Kind
  /** Its id in the system, or its natural key. */
  readonly id: string
  /** Id of its tenant; needed where several tenants have one of that id. */
  readonly tenant?: string
  /** Name of the Connection. */
  readonly connection: string
}

/** The document of one object that exists. Throws USAGE when there is none, several, or a document of it already. */
export async function exportedDocument(
  workspace: Workspace,
  wanted: WantedObject,
  signal: AbortSignal,
): Promise<Exported> {
  const { session } = await workspace.context.connections.connection(wanted.connection)
  const observed = await observe(session, wanted, signal)
  const described = workspace.facts.find((facts) => isAbout(workspace, facts, wanted, observed))
  if (described !== undefined)
    throw new PlumblineError('USAGE', `${described.address} describes this object already`, {
      help: 'Nothing has to be imported: see `plumbline plan`.',
    })
  return exported({ kind: wanted.kind, observed }, wanted.connection, namesOf(workspace))
}

async function observe(session: Session, wanted: WantedObject, signal: AbortSignal): Promise<Observed> {
  const { kind, id, tenant } = wanted
  const adapter = session.adapter(kind)
  if (adapter.list === undefined) {
    const found = await adapter.observe({ kind, address: `${kind.name} ${id}`, key: '', id }, signal)
    if (found === undefined) throw notFound(wanted)
    return found
  }
  const found: Observed[] = []
  const scope = { system: kind.system ?? '', kind, ...(tenant === undefined ? {} : { tenants: new Set([tenant]) }) }
  for await (const { observed } of objects(session, scope, signal))
    if (observed.id === id || observed.key === id) found.push(observed)
  const [one, ...others] = found
  if (one === undefined) throw notFound(wanted)
  if (others.length > 0) throw ambiguous(wanted, found)
  return one
}

/** An object without a natural key is known by its id alone, which the document names or the inventory remembers. */
function isAbout({ entries }: Workspace, facts: Facts, { kind, connection }: WantedObject, seen: Observed): boolean {
  const { target, address } = facts
  const isSamePlace = facts.kind === kind && facts.connection === connection && target.tenant === seen.tenant
  const isSameId = (target.id ?? entries.get(address)?.id) === seen.id
  return isSamePlace && (isSameId || (kind.shape !== 'serverId' && target.key === seen.key))
}

/** Names that are taken, and what the documents call the objects that others refer to. */
function namesOf({ facts }: Workspace): Names {
  const names = new Names()
  for (const { kind, target, resource } of facts) names.know(kind.name, target.key, resource.metadata.name)
  return names
}

const notFound = ({ kind, id, connection }: WantedObject): PlumblineError =>
  new PlumblineError('NOT_FOUND', `${connection} has no ${kind.name} ${id}`, {
    help: `See what there is: plumbline export --connection ${connection} --kind ${kind.name}`,
  })

const ambiguous = ({ kind, id }: WantedObject, found: readonly Observed[]): PlumblineError =>
  new PlumblineError('USAGE', `several tenants have a ${kind.name} ${id}`, {
    help: `Name one: --tenant ${found.flatMap(({ tenant }) => tenant ?? []).join(', --tenant ')}`,
  })
