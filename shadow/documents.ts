import { createHash } from 'node:crypto'
import type { SystemName } from '../config/kind.ts'
import { kindOf } from '../config/kinds/index.ts'
import { connectionOf, referencesOf, resolve, targetOf } from '../config/references.ts'
import { addressOf, type Resource, type Spec } from '../config/resource.ts'
import { isSaml, SAML_TYPES } from '../identity/federation/saml/facts.ts'
import { recordOf, textOf } from '../identity/federation/values.ts'
import { Secret } from '../reconciler/secret.ts'
import type { SecretSource } from '../reconciler/secret-source.ts'

/** The name under which an organization keeps how a system of its own is reached (`spec.access`). */
const ACCESS: Readonly<Record<Exclude<SystemName, 'SecretsVault'>, string>> = {
  Pigello: 'pigello',
  OneWelcomeCim: 'cim',
  SailPoint: 'sailpoint',
  Navixy: 'navixy',
}

/** The same made-up value for the same reference: no secret is opened. 32 hexadecimal digits fit every system. */
export const madeUpSecrets: SecretSource = async (reference) =>
  new Secret(createHash('sha256').update(JSON.stringify(reference)).digest('hex').slice(0, 32))

/**
 * Documents as one service of their own takes them: every system is the embedded one, with made-up credentials. Systems of
 * no organization, and what lies in them, are left out: nothing about logins is there.
 */
export function shadowed(resources: readonly Resource[]): readonly Resource[] {
  const index = resolve(resources)
  const connections = resources.filter((r) => r.kind === 'Connection')
  const inside = new Set(
    connections.filter(({ spec }) => spec.system === 'SecretsVault' || spec.organizationRef !== undefined),
  )
  const kept = resources.filter((r) => {
    if (r.kind === 'Connection') return inside.has(r)
    const connection = connectionOf(r, index)
    return connection === undefined || inside.has(connection)
  })
  const vendors = connections.filter((c) => c.spec.organizationRef !== undefined)
  const organizationOf = (connection: Resource): string | undefined => {
    const edge = referencesOf(connection).find(({ kind }) => kind === 'Organization')
    const target = edge && targetOf(edge, connection, index)
    return target && addressOf(target)
  }
  const access = Map.groupBy(vendors, (connection) => organizationOf(connection))
  return kept.map((resource) => ({ ...resource, spec: specOf(resource, access.get(addressOf(resource)) ?? []) }))
}

function specOf({ kind, spec }: Resource, vendors: readonly Resource[]): Spec {
  if (kind === 'Connection') return connectionSpec(spec)
  if (kindOf(kind)?.system === undefined) return spec
  const { management: _, adoption: __, externalRef: ___, ...rest } = spec
  return kind === 'Organization' ? { ...rest, access: accessOf(rest, vendors) } : rest
}

function connectionSpec({ system, organizationRef, credentials }: Spec): Spec {
  const isOwn = system === 'SecretsVault'
  return { system, endpoint: 'embedded', ...(isOwn ? {} : { organizationRef, credentials: credentials ?? {} }) }
}

const accessOf = ({ access = {} }: Spec, vendors: readonly Resource[]): Spec => ({
  ...(access as Spec),
  ...Object.fromEntries(
    vendors.map(({ spec }) => [ACCESS[spec.system as keyof typeof ACCESS], spec.credentials ?? {}]),
  ),
})

const CERTIFICATE = /(<(?:[\w.-]+:)?X509Certificate(?:\s[^>]*)?>)[^<]*(?=<\/)/g

/** Documents that trust one certificate (base64 of DER) in place of those of the providers whom their metadata name. */
export const withTrust = (resources: readonly Resource[], certificate: string): readonly Resource[] =>
  resources.map((resource) => {
    const { block } = SAML_TYPES[String(resource.spec.type)] ?? {}
    if (resource.kind !== 'CimLoginMethod' || block === undefined) return resource
    const settings = recordOf(resource.spec[block])
    const idpMetadata = textOf(settings.idpMetadata)?.replaceAll(CERTIFICATE, `$1${certificate}`)
    return idpMetadata === undefined
      ? resource
      : { ...resource, spec: { ...resource.spec, [block]: { ...settings, idpMetadata } } }
  })

/** Whether login methods name identity providers by their metadata. */
export const namesSaml = (resources: readonly Resource[]): boolean =>
  resources.some(({ kind, spec }) => kind === 'CimLoginMethod' && isSaml({ spec }))
