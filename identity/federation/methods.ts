import ipaddr from 'ipaddr.js'
import { unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import type { FederatedMethod } from '../directory/methods.ts'
import { ORGANIZATIONS, type Organization } from '../directory/organizations.ts'
import { organizationOf } from '../directory/tenant-organizations.ts'
import { liesIn } from '../platform/http/public-address.ts'
import type { PolicyDocument } from '../policy/inputs.ts'
import { methodOf } from '../policy/login-methods.ts'
import type { StoredMethod } from '../policy/proposed.ts'
import { federatedMethods, type LoginSettings } from '../policy/settings.ts'
import { secretPurpose } from '../settings/cim/login-methods.ts'
import { CIM, type CimState } from '../settings/cim/state.ts'
import { readSettings } from '../settings/store.ts'
import { GLOBAL } from '../store/store.ts'
import { recordOf, textsOf } from './values.ts'

/** A login method of an organization by which people sign in at another provider. */
export interface FederatedLogin {
  readonly id: string
  readonly organization: string
  readonly method: FederatedMethod
  /** What people know it by. */
  readonly name: string
  /** The CimLoginMethod in the words of its document. */
  readonly spec: PolicyDocument
  /** A secret of it that somebody has set. */
  readonly secret: (field: string) => string | undefined
  /** The same as it is stored: another text after each change. */
  readonly sealed: (field: string) => string | undefined
}

type Parts = Pick<Deps, 'store' | 'masterKey'>

/** Those of the organization of a tenant, switched off ones as well, in the order of the settings. */
export async function federatedLogins({ store, masterKey }: Parts, tenant: string): Promise<readonly FederatedLogin[]> {
  const id = await organizationOf(store, tenant)
  const organization = id === undefined ? undefined : await store.get(ORGANIZATIONS, GLOBAL, id)
  if (organization === undefined) return []
  return loginsOf({ store, masterKey }, organization)
}

/** Those of an organization. */
export async function loginsOf(
  { store, masterKey }: Parts,
  organization: Organization,
): Promise<readonly FederatedLogin[]> {
  const cim = await readSettings({ store }, organization, CIM)
  return federatedMethods(cim).map(opened({ masterKey }, organization.organization_id, cim))
}

/** Those in settings that were read already. */
export const loginsIn = (
  parts: Pick<Deps, 'masterKey'>,
  { organization, methods }: Pick<LoginSettings, 'organization' | 'methods'>,
): readonly FederatedLogin[] => (organization ? methods.map(opened(parts, organization.id, organization.cim)) : [])

const opened =
  ({ masterKey }: Pick<Deps, 'masterKey'>, organization: string, { secrets }: CimState) =>
  ({ id, spec }: StoredMethod): FederatedLogin => {
    const sealed = (field: string) => secrets[id]?.[field]
    const secret = (field: string) => {
      const text = sealed(field)
      return text === undefined ? undefined : unseal(masterKey, secretPurpose(id, field), text)
    }
    return { id, organization, method: methodOf(spec), name: String(spec.displayName), spec, secret, sealed }
  }

/** Where a provider sends browsers back to, to be registered there: one address for each method and tenant. */
export const returnAddress = (publicUrl: string, tenant: string, method: string): string =>
  `${publicUrl}/${tenant}/login/with/${method}/callback`

const CALLBACK = /\/callback$/

/** Where the metadata of a service for the same method and tenant are (SAML 2.0 Metadata, section 4.1). */
export const metadataAddress = (address: string): string => address.replace(CALLBACK, '/metadata')

/** Where browsers come back to after a logout at a provider, and where the provider tells of one, by the address to which logins return. */
export const loggedOutAddress = (address: string): string => address.replace(CALLBACK, '/logged-out')
export const samlLogoutAddress = (address: string): string => address.replace(CALLBACK, '/saml-logout')
export const frontChannelAddress = (address: string): string => address.replace(CALLBACK, '/front-channel-logout')

/** The ranges from which a directory takes callers; `undefined` when it takes all. */
export function networksOf({ spec }: Pick<FederatedLogin, 'spec'>): readonly string[] | undefined {
  const { ipRangeEnabled, ipRanges } = recordOf(spec.ldap)
  return ipRangeEnabled === true ? textsOf(ipRanges) : undefined
}

/** Whether the method is offered to who comes from an address. */
export const isOfferedAt = (login: Pick<FederatedLogin, 'spec'>, ip: string): boolean =>
  networksOf(login)?.some((range) => isInRange(range, ip)) ?? true

/** An address, or a network in CIDR form; a text that is neither holds nobody. */
const isInRange = (range: string, ip: string): boolean =>
  ipaddr.isValidCIDR(range)
    ? liesIn(ipaddr.parseCIDR(range), ip)
    : ipaddr.isValid(range) && ipaddr.process(range).toString() === ipaddr.process(ip).toString()
