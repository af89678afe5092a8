import SCIMMY from 'scimmy'

const { Schemas, Types } = SCIMMY
export type Attribute = InstanceType<typeof Types.Attribute>
export type Definition = InstanceType<typeof Types.SchemaDefinition>

/** A SCIM resource as it travels. */
export type ScimResource = Readonly<Record<string, unknown>>

type Config = Partial<Attribute['config']>

/** Where this service is stricter or looser than the library's schemas: path → what holds here. */
const SERVED: Readonly<Record<string, Readonly<Record<string, Config>>>> = {
  User: {
    'emails.value': { required: true },
    'roles.value': { required: true },
    'groups.type': { canonicalValues: ['direct'] },
  },
  Group: {
    displayName: { uniqueness: 'server' },
    'members.value': { required: true },
    'members.$ref': { referenceTypes: ['User'] },
    'members.type': { canonicalValues: ['User'] },
  },
}

/** Canonical values are suggestions (RFC 7643, section 7): shown by the schema, where the library would refuse all others. */
const suggested = new WeakMap<object, readonly string[]>()

export const isExtension = (a: unknown): a is Definition => a instanceof Types.SchemaDefinition

Schemas.User.extend(Schemas.EnterpriseUser as unknown as Parameters<typeof Schemas.User.extend>[0])
export const { User: UserSchema, Group: GroupSchema, EnterpriseUser } = Schemas
export type SchemaClass = typeof UserSchema | typeof GroupSchema

for (const schema of [UserSchema, GroupSchema] as const) {
  for (const [path, config] of Object.entries(SERVED[schema.definition.name] ?? {}))
    Object.assign(schema.definition.attribute(path).config, config)
  suggest(schema.definition.attributes)
}
// Members are shown by their ids alone (RFC 7643, section 8.7.1).
GroupSchema.definition.attribute('members').truncate('display')

function suggest(attributes: readonly (Attribute | Definition)[]): void {
  for (const attribute of attributes) {
    if (isExtension(attribute)) continue
    const { canonicalValues } = attribute.config
    if (Array.isArray(canonicalValues) && canonicalValues.length > 0) suggested.set(attribute, canonicalValues)
    attribute.config.canonicalValues = false
    suggest(attribute.subAttributes ?? [])
  }
}

/** A schema as `/Schemas` shows it (RFC 7643, section 7). */
export const described = ({ definition }: { readonly definition: Definition }, base: string) => ({
  ...definition.describe(base),
  attributes: (definition.attributes as readonly (Attribute | Definition)[])
    .filter((a): a is Attribute => !isExtension(a) && !a.config.shadow)
    .map(shown),
})

function shown(attribute: Attribute): object {
  const values = suggested.get(attribute)
  const { subAttributes } = attribute
  return {
    ...(attribute.toJSON() as object),
    ...(values ? { canonicalValues: values } : {}),
    ...(subAttributes ? { subAttributes: subAttributes.map(shown) } : {}),
  }
}
