import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fieldsOf, isObjectSchema, type TSchema } from '../../config/field.ts'
import type { Kind } from '../../config/kind.ts'
import { KINDS } from '../../config/kinds/index.ts'
import { valueAt } from '../../config/references.ts'
import { addressOf, type Resource, type Spec } from '../../config/resource.ts'
import { validate } from '../../config/validate/validate.ts'
import type { Observed } from '../../reconciler/adapter.ts'
import { ruleCheck } from '../../reconciler/rule-check.ts'
import { acmeDocuments, NAVIXY_USERS, ORGANIZATION_ID, openAcme } from '../support/acme.ts'
import { specArbitrary } from '../support/arbitrary.ts'
import { actions, document } from '../support/world.ts'

/** The laws of the planner, for every kind, over the real wire of the embedded runtime, on specs made from the schemas. */

const CONNECTION: Readonly<Record<string, string>> = {
  SecretsVault: 'vault',
  Pigello: 'pigello',
  OneWelcomeCim: 'cim',
  SailPoint: 'sailpoint',
  Navixy: 'navixy',
}

const RUNS = 25
const PAIRS = 10
const SECRET = { fromEnv: 'ANY_SECRET' }

/** Facts that a generated spec has to take from the world it lands in; each replaces a made-up value. */
const FITTING: Readonly<Record<string, (spec: Spec) => Spec>> = {
  SecurityConfiguration: (spec) => ({ ...spec, organization: { id: ORGANIZATION_ID } }),
  MfaAssignment: (spec) => (spec.users === undefined ? spec : { ...spec, users: NAVIXY_USERS.slice(0, 150) }),
  Organization: ({ access: _, id: __, ...spec }) => spec,
  ApiKey: (spec) => ({ ...spec, scopes: ['users:read'] }),
  CimFeatures: ({ configurationApiEnabled: _, ...spec }) => spec,
  Group: ({ members: _, ...spec }) => spec,
  User: ({ userId, ...spec }) => (userId === undefined ? spec : { ...spec, userId: `${made}${userId}`.slice(0, 128) }),
}

/** Every organization comes with one password method, and there can be no second. */
const isPossible = (resource: Resource): boolean => resource.spec.type !== 'UsernameAndPassword'

const kinds = KINDS.filter((kind) => kind.system !== undefined && !kind.observeOnly)

let made = 0

/** A document of its own in every run: a changed natural key means another object. */
function resourceOf(kind: Kind, spec: Spec): Resource {
  const { externalRef: _, adoption: __, management: ___, drift: ____, deletionPolicy: _____, ...own } = spec
  const fitted = FITTING[kind.name]?.(own) ?? own
  const refs = Object.fromEntries(kind.references.map((r) => [r.at.slice(1), REFERENCE[r.kind]]))
  const known = kind.references.length === 0 ? {} : refs
  const named = {
    ...withSecretsFrom(kind.spec, fitted),
    ...known,
    connectionRef: { name: CONNECTION[kind.system ?? ''] },
  }
  made += kind.shape === 'collection' ? 1 : 0
  return document(kind.name, `subject-${made}`, named)
}

const REFERENCE: Readonly<Record<string, unknown>> = { Tenant: { name: 'acme-web' }, Organization: { name: 'acme' } }

/** The spec with every secret reference replaced by one that leads to a value. */
function withSecretsFrom(schema: TSchema, spec: Spec): Spec {
  const out: Record<string, unknown> = { ...spec }
  for (const { name, schema: s, meta } of fieldsOf(schema)) {
    const value = out[name]
    if (value === undefined || value === null) continue
    if (meta.secret) out[name] = SECRET
    else if (isObjectSchema(s)) out[name] = withSecretsFrom(s, value as Spec)
  }
  return out
}

const errorsOf = (resource: Resource): readonly string[] =>
  validate([...acmeDocuments(), resource])
    .filter((d) => d.severity === 'error')
    .map((d) => d.message)

describe.each(kinds.map((kind) => [kind.name, kind] as const))('%s', (_name, kind) => {
  let acme: Awaited<ReturnType<typeof openAcme>>
  beforeAll(async () => {
    acme = await openAcme()
    acme.road.rules = ruleCheck
    acme.road.env.ANY_SECRET = 'a-secret-value-that-is-long-enough'
    await acme.road.apply(acmeDocuments())
  })
  afterAll(() => acme.close())

  const documents = (resource: Resource) => [...acmeDocuments(), resource]
  const observedOf = async (resource: Resource): Promise<Observed | undefined> => {
    const { snapshot } = await acme.road.look(documents(resource))
    const sight = snapshot.get(addressOf(resource))?.sight
    return sight?.state === 'present' ? sight.observed : undefined
  }

  /** Why the document cannot be applied; `undefined` when it can. */
  const obstacle = async (resource: Resource): Promise<string | undefined> =>
    (await acme.road.plan(documents(resource))).steps.find((s) => s.action === 'blocked')?.because

  /** Applies, and says what was not done. */
  const failuresOf = async (resource: Resource): Promise<readonly string[]> =>
    (await acme.road.apply(documents(resource)))
      .filter((o) => o.status !== 'done')
      .map((o) => `${o.step.address} ${o.error?.message}`)

  it('has nothing to do after its plan was applied, and a plan touches only what is named', async () => {
    await fc.assert(
      fc.asyncProperty(specArbitrary(kind), async (spec) => {
        const resource = resourceOf(kind, spec)
        fc.pre(isPossible(resource) && errorsOf(resource).length === 0)
        const before = await observedOf(resource)
        fc.pre((await obstacle(resource)) === undefined)
        expect(await failuresOf(resource)).toEqual([])
        expect(actions(await acme.road.plan(documents(resource)))).toContain(`none ${addressOf(resource)}`)
        const after = await observedOf(resource)
        if (before && after && before.id === after.id)
          expect(untouched(kind, after.spec, resource.spec)).toEqual(untouched(kind, before.spec, resource.spec))
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
  })

  it('goes from any valid document to any other of the same object', async () => {
    await fc.assert(
      fc.asyncProperty(specArbitrary(kind), specArbitrary(kind), async (first, second) => {
        const before = resourceOf(kind, first)
        fc.pre(isPossible(before) && errorsOf(before).length === 0)
        fc.pre((await failuresOf(before)).length === 0)
        const after = { ...before, spec: ofSameObject(kind, before.spec, resourceOf(kind, second).spec) }
        fc.pre(errorsOf(after).length === 0)
        const because = await obstacle(after)
        if (because === undefined) expect(await failuresOf(after)).toEqual([])
        else expect(hasNoWayOut(kind, because, after.spec), because).toBe(false)
      }),
      { numRuns: PAIRS, endOnFailure: true },
    )
  })
})

/** `after`, with what makes a document one of that object from `before`: its key, and what is set at creation only. */
function ofSameObject(kind: Kind, before: Spec, after: Spec): Spec {
  const names = new Set(fieldsOf(kind.spec).flatMap(({ name, meta }) => (meta.createOnly ? [name] : [])))
  kind.key(new Proxy({}, { get: (_, name) => void names.add(String(name)) }) as never, '')
  const [fixed, free] = [before, after].map((spec) =>
    Object.entries(spec).filter(([n]) => names.has(n) === (spec === before)),
  )
  return Object.fromEntries([...(free ?? []), ...(fixed ?? [])])
}

/** A document would have to take something away, and cannot; in any other conflict it can name both sides. */
const hasNoWayOut = ({ rules }: Kind, because: string, named: Spec): boolean =>
  because.includes('at creation only') ||
  rules.some((r) => r.forbids && because.includes(r.message) && (valueAt(named, r.at) ?? null) === null)

/** What a document does not name, and does not make pointless either. */
function untouched({ spec: schema, rules }: Kind, observed: Spec, named: Spec): Spec {
  const pointless = new Set(rules.flatMap(({ forbids, at }) => (forbids ? [at.slice(1)] : [])))
  const rest = Object.entries(unnamed(schema, observed, named))
  return Object.fromEntries(rest.filter(([name]) => !pointless.has(name)))
}

/** The part of an observed spec that a document does not name. */
function unnamed(schema: TSchema, observed: unknown, named: unknown): Spec {
  const out: Record<string, unknown> = {}
  if (typeof observed !== 'object' || observed === null) return out
  for (const { name, schema: s } of fieldsOf(schema)) {
    const [seen, said] = [observed, named].map((v) => (v as Record<string, unknown> | undefined)?.[name])
    if (seen === undefined) continue
    if (said === undefined) out[name] = seen
    else if (isObjectSchema(s)) out[name] = unnamed(s, seen, said)
  }
  return out
}
