import { describe, expect, it } from 'vitest'
import type { Resource } from '../../../config/resource.ts'
import type { LastDocument } from '../../../providers/pulumi/last-state.ts'
import { runOf } from '../../../providers/pulumi/run.ts'
import type { Entry } from '../../../reconciler/model.ts'
import { connection, document } from '../../support/world.ts'

type Guards = Parameters<typeof runOf>[0]['guards']

const VAULT = connection('vault', 'SecretsVault')
const tenant = (name: string, fields: object = {}): Resource =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, displayName: 'T', ...fields })

const urnOf = (name: string): string => `urn:pulumi:stack::plumbline::pulumi-nodejs:plumbline:Tenant::${name}`

/** What the last run left of a tenant. */
const last = (name: string, key = name, more: Partial<Entry> = {}): LastDocument => ({
  urn: urnOf(name),
  outputs: {
    observed: { displayName: 'T' },
    entry: {
      address: `Tenant/${name}`,
      kind: 'Tenant',
      connection: 'vault',
      key,
      id: key,
      deletionPolicy: 'Retain',
      needs: [],
      ...more,
    },
    written: '',
  },
})

const deleted = { deletionPolicy: 'Delete' } as const
const run = (documents: readonly Resource[], state: readonly LastDocument[], guards: Guards = { allow: [] }) =>
  runOf({ resources: [VAULT, ...documents], guards }, state)

describe('a renamed document', () => {
  const state = [last('old', 'old', { ...deleted, place: 'instance:1' })]

  it('keeps the resource that the state has for its object, and asks no guard', () => {
    const { aliases, moves, mayEnd } = run([tenant('new', { tenantId: 'old' })], state)
    expect(aliases).toEqual(new Map([['Tenant/new', urnOf('old')]]))
    expect(moves).toEqual(new Map([['Tenant/new', 'Tenant/old']]))
    expect(mayEnd).toEqual([])
  })

  it('is found in a state of a release that recorded no places', () => {
    expect(run([tenant('new', { tenantId: 'old' })], [last('old')]).aliases.get('Tenant/new')).toBe(urnOf('old'))
  })

  it('gets no resource of another document, when two change their objects with each other', () => {
    const swapped = [tenant('a', { tenantId: 'b' }), tenant('b', { tenantId: 'a' })]
    const { aliases, mayEnd, changed } = run(swapped, [last('a', 'a', deleted), last('b', 'b', deleted)])
    expect(aliases).toEqual(new Map())
    expect(changed).toEqual(['Tenant/a', 'Tenant/b'])
    expect(mayEnd).toEqual([])
  })

  it('is no other document when its Connection is renamed, too', () => {
    const documents = [{ ...VAULT, metadata: { name: 'store' } }, tenant('t', { connectionRef: { name: 'store' } })]
    const state = [last('t', 't', { ...deleted, place: 'instance:1' })]
    expect(runOf({ resources: documents, guards: { allow: [] } }, state)).toMatchObject({
      mayEnd: [],
      moves: new Map(),
    })
  })
})

describe('documents of one name in two namespaces', () => {
  const inside = (namespace: string, tenantId: string): Resource => {
    const document = tenant('web', { tenantId, connectionRef: { name: 'vault', namespace: 'shared' } })
    return { ...document, metadata: { name: 'web', namespace } }
  }
  const shared: Resource = { ...VAULT, metadata: { name: 'vault', namespace: 'shared' } }
  const connectedTo = { connection: 'shared/vault' }
  const inNamespaces = (documents: readonly Resource[], state: readonly LastDocument[]) =>
    runOf({ resources: [shared, ...documents], guards: { allow: [] } }, state)

  it('are two, also in a state of a release whose entries name no namespace', () => {
    const entries = [
      { ...last('a/web', 'x', { ...connectedTo, address: 'Tenant/web' }) },
      { ...last('b/web', 'y', { ...connectedTo, address: 'Tenant/web' }) },
    ]
    const found = inNamespaces([inside('a', 'x'), inside('b', 'y')], entries)
    expect(found).toMatchObject({ moves: new Map(), aliases: new Map(), changed: [], mayEnd: [] })
  })

  it('keep the resource of the object when they move to another namespace', () => {
    const found = inNamespaces([inside('b', 'x')], [last('a/web', 'x', connectedTo)])
    expect(found.aliases).toEqual(new Map([['Tenant/b/web', urnOf('a/web')]]))
  })
})

describe('the guards under pulumi', () => {
  const state = ['a', 'b', 'c', 'd', 'e'].map((name) => last(name, name, deleted))
  const allButE = ['a', 'b', 'c', 'd'].map((name) => tenant(name))

  it('refuse a deletion that nobody allowed', () => {
    expect(() => run(allButE, state)).toThrow(
      /Tenant\/e: its document is gone and its policy says Delete; allow `delete`/,
    )
  })

  it('name what they allow to be deleted', () => {
    expect(run(allButE, state, { allow: ['delete'] }).mayEnd).toEqual(['Tenant//e'])
  })

  it('refuse more than the allowed share', () => {
    expect(() => run(allButE.slice(1), state, { allow: ['delete'] })).toThrow(
      /deletes or replaces 40 % of what is owned/,
    )
    const allowed = run(allButE.slice(1), state, { allow: ['delete'], maxDeleteShare: 0.4 })
    expect(allowed.mayEnd).toEqual(['Tenant//a', 'Tenant//e'])
  })

  it('take no documents at all for an accident', () => {
    expect(() => run([], [last('a')])).toThrow(/there are no documents, and 1 objects would go/)
    expect(run([], [last('a')], { allow: ['empty'] }).mayEnd).toEqual([])
  })

  it('count an object whose document describes another one now', () => {
    const changed = [tenant('a', { tenantId: 'other' }), ...allButE.slice(1), tenant('e')]
    expect(() => run(changed, state)).toThrow(/allow `delete`/)
    expect(run(changed, state, { allow: ['delete'] }).mayEnd).toEqual(['Tenant//a'])
  })

  it('say which two documents describe one object', () => {
    expect(() => run([tenant('a'), tenant('b', { tenantId: 'a' })], [])).toThrow(/describes the same object/)
  })
})

describe('an object that somebody else manages', () => {
  it('is named in every run', () => {
    const { held } = run([tenant('a')], [last('a', 'a', { heldBy: 'cluster:1 (Tenant ns/a)' })])
    expect(held).toEqual(new Map([['Tenant/a', 'cluster:1 (Tenant ns/a)']]))
  })
})
