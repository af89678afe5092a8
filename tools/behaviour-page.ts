import { fieldsOf, isListSchema, isObjectSchema, itemOf, type TSchema } from '../config/field.ts'
import type { Kind } from '../config/kind.ts'
import { KINDS } from '../config/kinds/index.ts'
import { BITES, ELSEWHERE } from '../tests/identity/policy/settings-that-bite.ts'
import { VAULT_SETTINGS } from '../tests/identity/policy/vault-settings.ts'

/** A field that holds a value, e.g. `/pin/size` of a Tenant. */
export interface Leaf {
  readonly kind: Kind
  /** Names of YAML; a list of objects ends in `[]`. */
  readonly path: string
  /** The last name of `path`, as the contract has it. */
  readonly wire: string
  /** Why the service keeps it and does nothing. */
  readonly storedOnly?: string
}

/** E.g. `Tenant/pin/size`. */
export const nameOf = ({ kind, path }: Leaf): string => `${kind.name}${path}`

/** The fields of a kind that hold a value and are sent. */
export const leavesOf = (kind: Kind): readonly Leaf[] => leavesIn(kind, '', kind.spec, undefined)

function leavesIn(kind: Kind, at: string, schema: TSchema, outer: string | undefined): readonly Leaf[] {
  return fieldsOf(schema).flatMap(({ name, schema: own, meta }) => {
    if (meta.local) return []
    const path = `${at}/${name}`
    const storedOnly = meta.storedOnly ?? outer
    if (isObjectSchema(own) && meta.secret === undefined) return leavesIn(kind, path, own, storedOnly)
    if (isListSchema(own) && isObjectSchema(itemOf(own))) return leavesIn(kind, `${path}[]`, itemOf(own), storedOnly)
    return [{ kind, path, wire: meta.wire ?? name, ...(storedOnly !== undefined && { storedOnly }) }]
  })
}

const POLICY = 'tests/identity/policy/every-setting.test.ts'

/** The test that shows what a field does. */
function testOf(leaf: Leaf): string | undefined {
  const name = nameOf(leaf)
  return Object.hasOwn(BITES, name) ? POLICY : (ELSEWHERE[name] ?? VAULT_SETTINGS[name])
}

function row(leaf: Leaf): string {
  const test = testOf(leaf)
  const shown =
    test === undefined ? `stored only: ${leaf.storedOnly}` : `[\`${test.slice(test.indexOf('/') + 1)}\`](../../${test})`
  return `| \`${leaf.path}\` | \`${leaf.wire}\` | ${shown} |`
}

const section = (kind: Kind): string =>
  [
    `## ${kind.name}`,
    '',
    '| field | in the contract | shown by |',
    '| --- | --- | --- |',
    ...leavesOf(kind).map(row),
  ].join('\n')

/** Text of docs/reference/behaviour.md: every field of each contract with the test that shows what the service does with it. */
export function behaviourPage(): string {
  const kinds = KINDS.filter(({ system }) => system !== undefined)
  return `<!-- Written by \`npm run generate\`; change config/kinds/ or tests/identity/policy/ instead. -->

# What each setting does

The identity service acts on the settings of all five systems. Each field that a contract has, and the test that drives the service
with it; or why the service keeps the value and does nothing with it.

${kinds.map(section).join('\n\n')}
`
}
