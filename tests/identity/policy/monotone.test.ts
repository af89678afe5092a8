import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FieldMeta, fieldsOf, isObjectSchema, type TSchema } from '../../../config/field.ts'
import { type Method, MULTI_FACTOR } from '../../../identity/directory/methods.ts'
import { isEnough } from '../../../identity/policy/assurance.ts'
import { type Ask, type DecisionRule, strictest } from '../../../identity/policy/decision.ts'
import {
  POLICY_KINDS,
  type PolicyDocument,
  type PolicyInputs,
  type PolicyKind,
} from '../../../identity/policy/inputs.ts'
import { methodOf } from '../../../identity/policy/login-methods.ts'
import { effectivePolicy, LOGIN_RULES } from '../../../identity/policy/policy.ts'
import { valueArbitrary } from '../../support/arbitrary.ts'
import { specSchema } from './documents.ts'

const asks = fc.array(
  fc.record({ value: fc.integer({ min: 0, max: 9 }), name: fc.stringMatching(/^[a-z]{1,4}$/) }).map(
    ({ value, name }): Ask<number> => ({
      value,
      source: { system: 'Pigello', kind: 'SecurityConfiguration', pointer: `/${name}`, value },
    }),
  ),
  { maxLength: 6 },
)
const rule = { builtIn: 5, strictness: (value: number) => value }

describe('the strictest ask wins:', () => {
  it('whatever the order of the settings', () => {
    fc.assert(
      fc.property(asks, fc.infiniteStream(fc.nat()), (all, chance) => {
        const shuffled = all
          .map((ask) => [chance.next().value, ask] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, ask]) => ask)
        const [one, other] = [strictest(all, rule), strictest(shuffled, rule)]
        expect(other.value).toBe(one.value)
        expect(new Set(other.by.map((s) => s.pointer))).toEqual(new Set(one.by.map((s) => s.pointer)))
      }),
    )
  })

  it('one more setting never makes it weaker', () => {
    fc.assert(
      fc.property(asks, asks, (some, more) => {
        fc.pre(some.length > 0)
        expect(strictest([...some, ...more], rule).value).toBeGreaterThanOrEqual(strictest(some, rule).value)
      }),
    )
  })

  it('every ask is named, as the one that decided or as one that asked for less', () => {
    fc.assert(
      fc.property(asks, (all) => {
        const { by, weaker } = strictest(all, rule)
        expect(by.length + weaker.length).toBe(all.length)
      }),
    )
  })
})

/** A field whose document says which direction makes logins safer. */
interface SaferField {
  readonly kind: PolicyKind
  readonly steps: readonly string[]
  readonly meta: FieldMeta
  readonly schema: TSchema
}

/** Roles say to which group somebody belongs; neither group is the safer one. */
const NO_DIRECTION_HERE = ['User/roles']

const saferFields = (kind: PolicyKind, schema: TSchema, steps: readonly string[] = []): readonly SaferField[] =>
  fieldsOf(schema).flatMap((field) => {
    const at = [...steps, field.name]
    if (isObjectSchema(field.schema)) return saferFields(kind, field.schema, at)
    return field.meta.safer === undefined ? [] : [{ kind, steps: at, meta: field.meta, schema: field.schema }]
  })

const FIELDS = POLICY_KINDS.flatMap((kind) => saferFields(kind, specSchema(kind))).filter(
  ({ kind, steps }) => !NO_DIRECTION_HERE.includes(`${kind}/${steps.join('/')}`),
)

/** The value moved in the safer direction. */
function safer({ meta, schema }: SaferField, value: unknown, by: number): unknown {
  const up = meta.safer === 'up'
  if (typeof value === 'boolean') return up
  if (typeof value === 'number') return up ? value + by : Math.max(0, value - by)
  if (Array.isArray(value)) return meta.safer === 'fewer' ? value.slice(0, -1) : value
  const names = (schema as { enum?: readonly unknown[] }).enum ?? []
  return up ? names.at(-1) : names[0]
}

const at = (spec: unknown, steps: readonly string[]): unknown =>
  steps.reduce<unknown>((value, step) => (value as PolicyDocument | undefined)?.[step], spec)

function changed(spec: PolicyDocument, [step = '', ...rest]: readonly string[], value: unknown): PolicyDocument {
  return { ...spec, [step]: rest.length === 0 ? value : changed(spec[step] as PolicyDocument, rest, value) }
}

type Documents = PolicyInputs['documents']
const specs = new Map(
  POLICY_KINDS.map((kind) => [kind, valueArbitrary(specSchema(kind)) as fc.Arbitrary<PolicyDocument>]),
)
const specOf = (kind: PolicyKind) => specs.get(kind) ?? fc.constant({})

/** A document of the kind, perhaps one of another kind, perhaps a user. */
const documentsWith = (kind: PolicyKind): fc.Arbitrary<Documents> =>
  fc
    .tuple(
      fc.constantFrom(...POLICY_KINDS).chain((other) => fc.record({ [other]: specOf(other) })),
      specOf('User'),
      specOf(kind),
    )
    .chain(([other, user, own]) =>
      fc.subarray<Documents>([other, { User: user }]).map((some) => Object.assign({}, ...some, { [kind]: own })),
    )

/** Decisions that became weaker from one policy to the other. */
function weakened(before: PolicyInputs, after: PolicyInputs): readonly string[] {
  const [old, now] = [before, after].map((inputs) => effectivePolicy(inputs) as unknown as Decided)
  const parts = Object.entries<Readonly<Record<string, DecisionRule<unknown, PolicyInputs>>>>(LOGIN_RULES)
  return parts.flatMap(([part, rules]) =>
    Object.entries(rules)
      .filter(([name, r]) => r.strictness(now?.[part]?.[name]?.value) < r.strictness(old?.[part]?.[name]?.value))
      .map(([name]) => `${part}.${name}`),
  )
}
type Decided = Readonly<Record<string, Readonly<Record<string, { readonly value: unknown }>>>>

/** What may change in the other direction, and why that is no weakness. */
const EXCEPT: Readonly<Record<string, readonly string[]>> = {
  // One method more, which is there to be a second factor.
  'Tenant/passkeys': ['methods.passkey'],
  'MfaDefault/type': ['methods.otp'],
  'MfaAssignment/type': ['methods.otp'],
  // The built-in day gives way to what the setting says.
  'CimFeatures/personActivation/enabled': ['signUp.verificationSeconds'],
  // A code of 100 random bits takes the place of a few digits, and may live longer.
  'PasswordOrgConfig/digitToken/enabled': ['reset.minutes'],
}

describe('one more login method elsewhere', () => {
  const kerberos = { type: 'Kerberos', displayName: 'Network', enabled: true, kerberos: { autoLoginEnabled: true } }
  const anyDocuments = fc.constantFrom(...POLICY_KINDS).chain(documentsWith)

  it('never makes what is decided weaker', () => {
    fc.assert(
      fc.property(anyDocuments, (documents) => {
        const inputs = { documents, enrolled: [] }
        expect(weakened(inputs, { ...inputs, federated: [kerberos] })).toEqual([])
      }),
    )
  })

  it('never lets a ticket do where a password would not', () => {
    const ticket = methodOf(kerberos)
    fc.assert(
      fc.property(anyDocuments, fc.subarray<Method>(['password', 'otp', 'totp', 'passkey']), (documents, beside) => {
        const policy = effectivePolicy({ documents, enrolled: [], federated: [kerberos] })
        const isEnoughWith = (method: Method, requested: readonly string[]) =>
          isEnough(policy, requested, { methods: [method, ...beside], enrolled: [] })
        for (const requested of [[], [MULTI_FACTOR]])
          expect([requested, isEnoughWith(ticket, requested)]).toEqual([requested, isEnoughWith('password', requested)])
      }),
    )
  })
})

describe('a field moved in its safer direction never makes a login weaker:', () => {
  it.each(FIELDS.map((field) => [`${field.kind}/${field.steps.join('/')}`, field] as const))('%s', (name, field) => {
    const present = documentsWith(field.kind).filter((d) => at(d[field.kind], field.steps) != null)
    fc.assert(
      fc.property(present, fc.integer({ min: 0, max: 100 }), (docs, by) => {
        const value = safer(field, at(docs[field.kind], field.steps), by)
        const moved = { ...docs, [field.kind]: changed(docs[field.kind] as PolicyDocument, field.steps, value) }
        const enrolled = [] as const
        const weaker = weakened({ documents: docs, enrolled }, { documents: moved, enrolled })
        expect(weaker.filter((decision) => !EXCEPT[name]?.includes(decision))).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})
