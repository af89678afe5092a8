import type { Kind } from '../../config/kind.ts'
import { KINDS } from '../../config/kinds/index.ts'
import type { Observed, Session } from '../../reconciler/adapter.ts'

/** One object of a system, and its kind. */
export interface FoundObject {
  readonly kind: Kind
  readonly observed: Observed
}

/** Which objects behind a connection are asked for. */
export interface Wanted {
  readonly system: string
  /** Only this kind. */
  readonly kind?: Kind
  /** Ids of the tenants that the connection may touch; absent means all. */
  readonly tenants?: ReadonlySet<string>
}

/** Kinds of the wanted objects, by whether the system can list them. */
export function kindsOf(session: Session, wanted: Wanted) {
  const kinds = wanted.kind === undefined ? KINDS.filter((k) => k.system === wanted.system) : [wanted.kind]
  const canList = (kind: Kind): boolean => session.adapter(kind).list !== undefined
  return { listed: kinds.filter(canList), unlistable: kinds.filter((k) => !canList(k)) }
}

/** Every wanted object, kind by kind. Never writes; throws what the adapters throw. */
export async function* objects(session: Session, wanted: Wanted, signal: AbortSignal): AsyncGenerator<FoundObject> {
  let tenants: readonly string[] | undefined
  for (const kind of kindsOf(session, wanted).listed) {
    if (kind.scope === 'tenant') tenants ??= await tenantIds(session, wanted, signal)
    const places = kind.scope === 'tenant' ? (tenants ?? []) : [undefined]
    for (const tenant of places) yield* objectsIn(session, kind, tenant, wanted, signal)
  }
}

async function* objectsIn(
  session: Session,
  kind: Kind,
  tenant: string | undefined,
  wanted: Wanted,
  signal: AbortSignal,
): AsyncGenerator<FoundObject> {
  for await (const observed of session.adapter(kind).list?.(tenant, signal) ?? []) {
    if (kind.name === 'Tenant' && !isWithin(wanted, observed.key)) continue
    yield { kind, observed: tenant === undefined ? observed : { ...observed, tenant } }
  }
}

const isWithin = ({ tenants }: Wanted, id: string): boolean => tenants?.has(id) ?? true

async function tenantIds(session: Session, wanted: Wanted, signal: AbortSignal): Promise<readonly string[]> {
  const kind = KINDS.find((k) => k.name === 'Tenant')
  const ids: string[] = []
  if (kind === undefined) return ids
  for await (const { observed } of objectsIn(session, kind, undefined, wanted, signal)) ids.push(observed.key)
  return ids
}
