import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  type Field,
  fieldsOf,
  isListSchema,
  isObjectSchema,
  itemOf,
  type TSchema,
  unwrap,
} from '../../../config/field.ts'
import { kindOf } from '../../../config/kinds/index.ts'

interface Contract {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly string[]
  readonly const?: string
  readonly properties?: Readonly<Record<string, Contract>>
  readonly items?: Contract
  readonly allOf?: readonly Contract[]
  readonly anyOf?: readonly Contract[]
}

const documents = new Map<string, { components: { schemas: Readonly<Record<string, Contract>> } }>()

function schemasOf(file: string): Readonly<Record<string, Contract>> {
  const found = documents.get(file)
  if (found) return found.components.schemas
  documents.set(file, parse(readFileSync(`docs/contracts/${file}.openapi.yaml`, 'utf8')))
  return schemasOf(file)
}

/** Follows references, single `allOf`s and "or null". */
function resolve(file: string, schema: Contract): Contract {
  if (schema.$ref) return resolve(file, schemasOf(file)[schema.$ref.split('/').at(-1) ?? ''] ?? {})
  const [only] = schema.allOf ?? []
  if (only) return resolve(file, only)
  const value = schema.anyOf?.find((s) => s.type !== 'null')
  return value ? resolve(file, value) : schema
}

/** Fields by wire name; an object without one lends its fields to its parent. */
function wireFields(schema: TSchema): Map<string, Field[]> {
  const found = new Map<string, Field[]>()
  for (const field of fieldsOf(schema).filter((f) => !f.meta.local)) {
    const flattened = field.meta.wire === undefined && isObjectSchema(field.schema)
    const own = flattened ? wireFields(field.schema) : new Map([[field.meta.wire ?? field.name, [field]]])
    for (const [wire, fields] of own) found.set(wire, [...(found.get(wire) ?? []), ...fields])
  }
  return found
}

/** One schema of a contract and the kind that carries it. */
const UNITS = [
  ['secrets-vault', 'Tenant', 'Tenant'],
  ['secrets-vault', 'TenantUpdate', 'Tenant'],
  ['secrets-vault', 'Client', 'Client'],
  ['secrets-vault', 'User', 'User'],
  ['secrets-vault', 'CreateApiKeyRequest', 'ApiKey'],
  ['organizations', 'OrganizationCreate', 'Organization'],
  ['pigello', 'SecurityConfigurationInput', 'SecurityConfiguration'],
  ['onewelcome-cim', 'FeaturesConfiguration', 'CimFeatures'],
  ['onewelcome-cim', 'AttributesConfiguration', 'CimAttributes'],
  ['onewelcome-cim', 'LoginMethod', 'CimLoginMethod'],
  ['onewelcome-cim', 'MobileLogin', 'CimMobileLogin'],
  ['onewelcome-cim', 'StepUpConfiguration', 'CimStepUp'],
  ['onewelcome-cim', 'UIExtensionConfiguration', 'CimUiExtension'],
  ['onewelcome-cim', 'WhitelistedUrl', 'CimActionTokenUrl'],
  ['onewelcome-cim', 'PasswordPolicy', 'CimPasswordPolicy'],
  ['onewelcome-cim', 'IdentityProviderConfig', 'CimIdentityProvider'],
  ['sailpoint', 'PasswordOrgConfig', 'PasswordOrgConfig'],
  ['navixy', 'MfaSettingsAllowed', 'MfaDefault'],
  ['navixy', 'UpdateTargetSelected', 'MfaAssignment'],
] as const

/** Properties of the contracts that are no field, each with its reason. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'Client.tenant_id': 'tenantRef names the tenant',
  'User.tenant_id': 'tenantRef names the tenant',
  'User.created_at': 'kept by the server',
  'User.updated_at': 'kept by the server',
  'CreateApiKeyRequest.tenant_id': 'tenantRef names the tenant',
  'FeaturesConfiguration.action_token.whitelisted_urls': 'CimActionTokenUrl owns the entries',
  'LoginMethod.id': 'given by the server',
  'LoginMethod.removable': 'decided by the server',
  'LoginMethod.attribute_mappings.id': 'given by the server',
  'LoginMethod.custom_attribute_mappings.id': 'given by the server',
  'LoginMethod.custom_attribute_fields.id': 'given by the server',
  'WhitelistedUrl.id': 'given by the server',
  'UpdateTargetSelected.type': 'follows from users or allUsers',
}

/** Wire names that another schema of the contract has, each with its reason. */
const FROM_ELSEWHERE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['Tenant', 'TenantUpdate'].flatMap((schema) =>
      ['refuses_weak_secrets', 'trusts_directory_addresses'].map((property) => [
        `${schema}.${property}`,
        'schema TenantAddition of secrets-vault-additions',
      ]),
    ),
  ),
  'TenantUpdate.tenant_id': 'only on creation',
  'TenantUpdate.is_2fa': 'only on creation',
  'AttributesConfiguration.profile': 'section of version 1',
  'UpdateTargetSelected.factor_types': 'schema MfaSettings',
  'UpdateTargetSelected.all': 'the other form of the target',
}

/** Everything in which a schema of ours and one of a contract differ, in words. */
function differences(file: string, contract: Contract, ours: TSchema, path: string): string[] {
  const properties = resolve(file, contract).properties ?? {}
  const fields = wireFields(ours)
  const missing = Object.entries(properties).flatMap(([name, schema]) => {
    const found = fields.get(name) ?? []
    if (LEFT_OUT[`${path}.${name}`]) return []
    const [only, ...more] = found
    if (!only || more.length > 0) return [`${path}.${name}: ${found.length} fields`]
    return inside(file, resolve(file, schema), only, `${path}.${name}`)
  })
  const invented = [...fields.keys()].filter((n) => !(n in properties) && !FROM_ELSEWHERE[`${path}.${n}`])
  return [...missing, ...invented.map((name) => `${path}.${name}: not in the contract`)]
}

function inside(file: string, contract: Contract, field: Field, path: string): string[] {
  if (contract.items && isListSchema(field.schema)) {
    const item = itemOf(field.schema)
    const items = resolve(file, contract.items)
    return inside(file, items, { name: field.name, schema: unwrap(item), meta: metaValues(item) }, path)
  }
  if (contract.properties) return differences(file, contract, field.schema, path)
  const wire = Object.values(field.meta.values ?? {}).sort()
  // A `const` tells the branches of a union apart; our field has the values of all branches.
  const fits = contract.const === undefined ? sameSet(wire, contract.enum ?? []) : wire.includes(contract.const)
  return fits ? [] : [`${path}: values ${wire.join()}`]
}

const sameSet = (a: readonly string[], b: readonly string[]) => [...a].sort().join() === [...b].sort().join()
const metaValues = (schema: TSchema) => (schema as unknown as { 'x-plumbline'?: Field['meta'] })['x-plumbline'] ?? {}

describe('every property of a contract is one field', () => {
  it.each(UNITS)('%s: %s is %s', (file, schema, kindName) => {
    const kind = kindOf(kindName)
    const contract = schemasOf(file)[schema]
    if (kind === undefined || contract === undefined) throw new Error('no such kind or schema')
    expect(differences(file, contract, kind.spec, schema)).toEqual([])
  })

  it('the version 1 profile is a section of CimAttributes', () => {
    const profile = fieldsOf(kindOf('CimAttributes')?.spec ?? {}).find((f) => f.meta.wire === 'profile')
    const contract = schemasOf('onewelcome-cim').Profile
    if (profile === undefined || contract === undefined) throw new Error('no profile')
    expect(differences('onewelcome-cim', contract, profile.schema, 'Profile')).toEqual([])
  })
})
