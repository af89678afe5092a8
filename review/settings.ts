import { isRecord } from '../config/json.ts'
import { kindOf } from '../config/kinds/index.ts'
import { withServerDefaults } from '../config/merged-spec.ts'
import { connectionOf, type Index, keyOf, referencedKey, resolve } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import { POLICY_KINDS, type PolicyDocument, type PolicyInputs, type PolicyKind } from '../identity/policy/inputs.ts'
import { freshDocuments } from '../identity/policy/settings.ts'
import { type FederatedSettings, federatedSettings, isFederatedResource, underOldNames } from './federated.ts'

type Documents = PolicyInputs['documents']

/** Everything that documents say about logins at one tenant, and who says it. */
export interface TenantSettings {
  readonly tenant: string
  readonly documents: Documents
  readonly resources: Readonly<Partial<Record<PolicyKind, Resource>>>
  /** Logins at other providers, those that are switched off as well. */
  readonly federated: readonly FederatedSettings[]
}

/** Settings after a change as they compare with those before it: what only has another name is the same. */
export const withOldNames = (after: TenantSettings, before: TenantSettings): TenantSettings => ({
  ...after,
  federated: underOldNames(after.federated, before.federated),
})

/** Kinds of an organization, as the policy names them; of login methods only the password's counts. */
const VENDOR_KINDS = POLICY_KINDS.filter((kind) => kindOf(kind)?.system !== 'SecretsVault')

/** Of an organization the settings that bear on logins: documents over what the service has by itself. */
export function settingsByTenant(resources: readonly Resource[]): ReadonlyMap<string, TenantSettings> {
  const index = resolve(resources)
  const vendors = Map.groupBy(
    resources.filter((r) => isPolicyKind(r) || isFederatedResource(r)),
    (r) => organizationOf(r, index) ?? '',
  )
  const tenants = resources.filter((r) => r.kind === 'Tenant')
  return new Map(
    tenants.map((r) => [keyOf(r), settingsOf(r, vendors.get(organizationOf(r, index) ?? '') ?? [], index)]),
  )
}

const isPolicyKind = ({ kind, spec }: Resource): boolean =>
  (VENDOR_KINDS as readonly string[]).includes(kind) &&
  (kind !== 'CimLoginMethod' || spec.type === 'UsernameAndPassword') &&
  (kind !== 'MfaAssignment' || spec.allUsers === true)

/** The organization that a tenant or a vendor's object belongs to. */
function organizationOf(resource: Resource, index: Index): string | undefined {
  const connection = connectionOf(resource, index)
  return (
    referencedKey(resource, 'Organization', index) ?? (connection && referencedKey(connection, 'Organization', index))
  )
}

function settingsOf(tenant: Resource, vendors: readonly Resource[], index: Index): TenantSettings {
  const inOrganization = organizationOf(tenant, index) !== undefined
  const [elsewhere, here] = [vendors.filter(isFederatedResource), vendors.filter((r) => !isFederatedResource(r))]
  const resources = Object.fromEntries([tenant, ...here].map((r) => [r.kind, r]))
  const own = Object.fromEntries([tenant, ...here].map((r) => [r.kind, specOver(r)]))
  const federated = elsewhere.map((r) => federatedSettings(r, overDefaults(r)))
  const documents = { ...(inOrganization ? freshDocuments() : {}), ...own }
  return { tenant: keyOf(tenant), documents, resources, federated }
}

/** A document over what its system has in a fresh organization, else over the defaults of the contract. */
function specOver(resource: Resource): PolicyDocument {
  const fresh = freshDocuments()[resource.kind as PolicyKind]
  return fresh === undefined ? overDefaults(resource) : overlaid(fresh, resource.spec)
}

function overDefaults({ kind: name, spec }: Resource): PolicyDocument {
  const kind = kindOf(name)
  return kind === undefined ? spec : withServerDefaults(kind.spec, spec)
}

function overlaid(below: PolicyDocument, above: PolicyDocument): PolicyDocument {
  const merged = Object.entries(above).map(([name, value]) => {
    const under = below[name]
    return [name, isRecord(value) && isRecord(under) ? overlaid(under, value) : (value ?? under)] as const
  })
  return { ...below, ...Object.fromEntries(merged) }
}
