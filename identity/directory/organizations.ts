import { randomUUID } from 'node:crypto'
import type { Deps } from '../deps.ts'
import { Fault } from '../platform/fault.ts'
import { type Collection, GLOBAL, type Scope } from '../store/store.ts'
import { type Access, accessSet, mergeAccess } from './organization-access.ts'

export interface Organization {
  readonly organization_id: string
  /** UUID by which Pigello names the organization. */
  readonly id: string
  readonly display_name: string
  /** Keyed hashes, never the credentials. */
  readonly access: Access
  readonly created_at: string
  readonly updated_at: string
}

/** Contract schemas OrganizationCreate and OrganizationUpdate. */
export interface OrganizationInput {
  readonly organization_id?: string
  readonly id?: string
  readonly display_name?: string
  readonly access?: Access
}

export const ORGANIZATIONS: Collection<Organization> = {
  name: 'organizations',
  id: (o) => o.organization_id,
  indexes: [],
  unique: { id: (o) => o.id.toLowerCase() },
}

/** Where everything that belongs to an organization is stored. */
export const scopeOf = (organizationId: string): Scope => `org:${organizationId}`

/** Throws Fault 404. */
export async function requireOrganization(
  { store }: Pick<Deps, 'store'>,
  organizationId: string,
): Promise<Organization> {
  const found = await store.get(ORGANIZATIONS, GLOBAL, organizationId)
  if (!found) throw new Fault(404, `There is no organization '${organizationId}'.`)
  return found
}

export function newOrganization(
  deps: Pick<Deps, 'now' | 'masterKey'>,
  input: OrganizationInput & { organization_id: string },
): Organization {
  const now = deps.now().toISOString()
  return {
    organization_id: input.organization_id,
    id: (input.id ?? randomUUID()).toLowerCase(),
    display_name: input.display_name ?? '',
    access: mergeAccess(deps.masterKey, {}, input.access ?? {}),
    created_at: now,
    updated_at: now,
  }
}

/** Throws Fault 400 when the input names another organization. */
export function changedOrganization(
  deps: Pick<Deps, 'now' | 'masterKey'>,
  old: Organization,
  input: OrganizationInput,
): Organization {
  for (const field of ['organization_id', 'id'] as const) {
    const sent = input[field]?.toLowerCase()
    if (sent !== undefined && sent !== old[field])
      throw new Fault(400, `The field ${field} cannot be changed; it is '${old[field]}'.`)
  }
  return {
    ...old,
    display_name: input.display_name ?? old.display_name,
    access: mergeAccess(deps.masterKey, old.access, input.access ?? {}),
    updated_at: deps.now().toISOString(),
  }
}

/** Contract schema Organization: without anything secret. */
export function organizationView({ access, ...shown }: Organization) {
  return { ...shown, access_set: accessSet(access) }
}
