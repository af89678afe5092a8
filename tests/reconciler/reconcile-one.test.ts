import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import type { Resource } from '../../config/resource.ts'
import type { Entry } from '../../reconciler/model.ts'
import type { Ownership } from '../../reconciler/ownership.ts'
import { driftOf, lookOne, mayChangeHands, reconcileOne, settled } from '../../reconciler/reconcile-one.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { connection, document, noRules, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (spec: Record<string, unknown> = {}) =>
  document('Tenant', 'acme', { connectionRef: { name: 'vault' }, displayName: 'Acme', ...spec })

/** A world whose documents are reconciled one by one. */
class OneWorld extends World {
  /** Who holds every object, if it is not us. */
  holder: string | undefined
  readonly released: string[] = []

  async #prepared(resource: Resource) {
    const { documents, context } = await this.look([vault, resource])
    const ownership = {
      holderBesideUs: async () => this.holder,
      release: async (entry: Entry) => void this.released.push(entry.address),
    } as unknown as Ownership
    return { facts: documents[0] ?? expect.fail('no document'), context: { ...context, ownership } }
  }

  /** Nobody may look: neither the plan of this world nor the one document. */
  closed(): void {
    const error = new PlumblineError('FORBIDDEN', 'not allowed')
    this.system.faults.push({ call: /observe/, error }, { call: /observe/, error })
  }

  async seen(resource: Resource) {
    const { facts, context } = await this.#prepared(resource)
    return lookOne(facts, this.ledger.entries.get(facts.address), context, this.rules)
  }

  /** Reconciles, and keeps what is said to be owned as a door does. */
  async one(resource: Resource) {
    const { facts, context } = await this.#prepared(resource)
    const done = await reconcileOne(facts, this.ledger, context, this.rules)
    await this.ledger.put(done.entry)
    return done
  }

  async drift(resource: Resource) {
    const { facts, context } = await this.#prepared(resource)
    return driftOf(facts, this.ledger.entries.get(facts.address), context)
  }

  get entry(): Entry {
    return this.ledger.entries.get('Tenant/acme') ?? expect.fail('nothing is owned')
  }
}

describe('one document by itself', () => {
  it('is created, and the second time nothing is sent', async () => {
    const world = new OneWorld()
    expect((await world.one(tenant())).step.action).toBe('create')
    expect((await world.one(tenant())).step.action).toBe('none')
    expect(world.system.writes).toEqual(['create Tenant/acme'])
  })

  it('that was edited and asks for nothing new is remembered as it is now', async () => {
    const world = new OneWorld()
    await world.one(tenant())
    const before = world.entry.specDigest
    await world.one(tenant({ deletionPolicy: 'Reset' }))
    expect(world.system.writes).toHaveLength(1)
    expect(world.entry.specDigest).not.toBe(before)
    expect(world.entry.deletionPolicy).toBe('Reset')
  })

  it('that cannot be looked at says why, and writes nothing', async () => {
    const world = new OneWorld()
    world.closed()
    await expect(world.one(tenant())).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(world.system.writes).toEqual([])
  })

  it('that is blocked names itself and the reason', async () => {
    const world = new OneWorld()
    world.system.objects.set('Tenant/acme', { display_name: 'Old' })
    await expect(world.one(tenant({ adoption: 'CreateOnly' }))).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringMatching(/^Tenant\/acme: it exists already/),
    })
  })

  it('never replaces an object', async () => {
    const world = new OneWorld()
    await world.one(tenant({ twoFactor: false }))
    await expect(world.one(tenant({ twoFactor: true }))).rejects.toMatchObject({ code: 'REFUSED' })
  })
})

describe('a step of one document', () => {
  it('says what the document described before', async () => {
    const world = new OneWorld()
    await world.one(tenant({ tenantId: 'a' }))
    const { step } = await world.seen(tenant({ tenantId: 'b' }))
    expect(step).toMatchObject({ action: 'create', because: 'it described Tenant a before' })
  })

  it('says of a group in which tenant that was', async () => {
    const group = (id: string) =>
      document('Group', 'one', { connectionRef: { name: 'vault' }, tenantRef: { id }, displayName: 'Sales' })
    const world = new OneWorld()
    await world.one(group('a'))
    expect((await world.seen(group('b'))).step.because).toBe('it described Group a/Sales before')
  })

  it('says nothing of before where nothing is different', async () => {
    const world = new OneWorld()
    expect((await world.seen(tenant())).step).not.toHaveProperty('because')
    await world.one(tenant())
    expect((await world.seen(tenant())).step).not.toHaveProperty('because')
  })

  it('is settled while nothing is to be done, and not when drift is to be corrected', async () => {
    const world = new OneWorld()
    await world.one(tenant())
    expect(settled(await world.seen(tenant()))?.step.action).toBe('none')
    expect(settled(await world.seen(tenant({ pin: { size: 6 } })))).toBeUndefined()
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    expect(settled(await world.seen(tenant()))).toBeUndefined()
  })

  it('writes nothing where drift is only reported', async () => {
    const world = new OneWorld()
    const reported = tenant({ drift: { mode: 'Report' } })
    await world.one(reported)
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    expect((await world.one(reported)).step.action).toBe('report')
    expect(world.system.writes).toHaveLength(1)
  })

  it('sends again nothing that memory knows as sent', async () => {
    const client = (displayName: string) =>
      document('Client', 'portal', {
        connectionRef: { name: 'vault' },
        tenantRef: { id: 'acme' },
        displayName,
        clientSecret: { fromEnv: 'S', version: 1 },
      })
    const world = new OneWorld()
    world.env = { S: 'value' }
    await world.one(client('Portal'))
    expect((await world.one(client('Gate'))).step.changes.map((c) => c.path)).toEqual(['/displayName'])
  })

  it('needs no book', async () => {
    const world = new World()
    const { documents, context } = await world.look([vault, tenant()])
    const facts = documents[0] ?? expect.fail('no document')
    expect((await reconcileOne(facts, world.ledger, context, world.rules)).step.action).toBe('create')
  })

  it('leaves the final action of its connection due, and only where it writes', async () => {
    const texts = document('CimCustomMessages', 'nl', {
      connectionRef: { name: 'c' },
      locale: 'nl',
      messages: { a: 'b' },
    })
    const world = new World(new MemorySystem('OneWelcomeCim', 1))
    const reconcile = async () => {
      const { documents, context } = await world.look([connection('c', 'OneWelcomeCim'), texts])
      const { entry } = await reconcileOne(documents[0] ?? expect.fail('none'), world.ledger, context, world.rules)
      await world.ledger.put(entry)
    }
    await reconcile()
    expect([...world.ledger.due]).toEqual(['c'])
    world.ledger.due.clear()
    await reconcile()
    expect([...world.ledger.due]).toEqual([])
    const written = new OneWorld()
    await written.one(tenant())
    expect([...written.ledger.due]).toEqual([])
  })
})

describe('what is only watched', () => {
  it('is remembered with its place, its id and its tenant, as far as they are known', async () => {
    const group = document('Group', 'one', {
      connectionRef: { name: 'vault' },
      tenantRef: { id: 'acme' },
      displayName: 'Sales',
      management: 'Observe',
    })
    const world = new OneWorld()
    const absent = await world.one(group)
    expect(absent.entry).not.toHaveProperty('id')
    world.system.objects.set('Group/acme/Sales', { displayName: 'Sales' })
    expect((await world.one(group)).entry).toStrictEqual({
      address: 'Group/one',
      kind: 'Group',
      connection: 'vault',
      key: 'Sales',
      tenant: 'acme',
      place: 'https://system.example',
      id: 'Group/acme/Sales',
      memo: {},
      deletionPolicy: 'Retain',
      claim: { registry: 'vault', object: 'Group//acme/sales' },
      needs: [],
    })
    const observed = await world.one(tenant({ management: 'Observe' }))
    expect(observed.entry).not.toHaveProperty('tenant')
  })

  it('has no claim where no runtime keeps a book', async () => {
    const world = new World(new MemorySystem('OneWelcomeCim', 1))
    const texts = document('CimCustomMessages', 'nl', {
      connectionRef: { name: 'c' },
      locale: 'nl',
      messages: {},
      management: 'Observe',
    })
    const { documents, context } = await world.look([connection('c', 'OneWelcomeCim'), texts])
    const done = await reconcileOne(documents[0] ?? expect.fail('none'), world.ledger, context, world.rules)
    expect(done.entry).not.toHaveProperty('claim')
  })
})

describe('drift that is only reported', () => {
  it('of an object that was made anew is told again and again', async () => {
    const world = new OneWorld()
    const reported = tenant({ drift: { mode: 'Report' } })
    await world.one(reported)
    world.system.idOf = () => 'made anew'
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    for (const _ of ['once', 'twice'])
      expect((await world.one(reported)).step).toMatchObject({
        action: 'report',
        because: expect.stringContaining('recreated'),
      })
    expect(world.entry.id).toBe('Tenant/acme')
  })
})

describe('a document that only observes', () => {
  const observing = tenant({ management: 'Observe' })

  it('reports what differs, and owns nothing', async () => {
    const world = new OneWorld()
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    const { step, entry } = await world.one(observing)
    expect(step).toMatchObject({ action: 'report', changes: [{ path: '/displayName' }] })
    expect(entry).toMatchObject({ address: 'Tenant/acme', id: 'Tenant/acme', memo: {}, deletionPolicy: 'Retain' })
    expect(entry).not.toHaveProperty('specDigest')
    expect(world.system.writes).toEqual([])
  })

  it('lets go of what it managed before, once', async () => {
    const world = new OneWorld()
    await world.one(tenant())
    const { entry } = await world.one(observing)
    expect(world.released).toEqual(['Tenant/acme'])
    expect(entry).not.toHaveProperty('claim')
    expect(entry).not.toHaveProperty('specDigest')
    await world.one(observing)
    expect(world.released).toHaveLength(1)
  })

  it('that is paused keeps hold of what it managed', async () => {
    const world = new OneWorld()
    await world.one(tenant())
    await world.one(tenant({ management: 'Paused' }))
    expect(world.released).toEqual([])
    expect(world.entry.specDigest).toBeDefined()
  })
})

describe('an object that somebody else holds', () => {
  it('is only watched, and the report says what differs', async () => {
    const world = new OneWorld()
    world.holder = 'cluster:other (default/acme)'
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    const { step, entry } = await world.one(tenant())
    expect(step).toMatchObject({ action: 'report', changes: [{ path: '/displayName' }] })
    expect(entry.heldBy).toBe('cluster:other (default/acme)')
    expect(world.system.writes).toEqual([])
  })

  it('is taken over like a new one once it is free', async () => {
    const world = new OneWorld()
    world.holder = 'cluster:other (default/acme)'
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    await world.one(tenant())
    world.holder = undefined
    const { step, entry } = await world.one(tenant())
    expect(step.action).toBe('adopt')
    expect(entry).not.toHaveProperty('heldBy')
    expect(world.system.writes).toEqual(['update Tenant/acme'])
  })

  it('is asked about again although nothing differs', async () => {
    const world = new OneWorld()
    world.holder = 'cluster:other (default/acme)'
    world.system.objects.set('Tenant/acme', { display_name: 'Acme' })
    await world.one(tenant())
    const look = await world.seen(tenant())
    expect(settled(look)).toBeUndefined()
  })
})

describe('whether an object may change hands', () => {
  const facts = async (management: string) => (await new OneWorld().seen(tenant({ management }))).facts
  const held: Entry = {
    address: 'Tenant/acme',
    kind: 'Tenant',
    connection: 'vault',
    key: 'acme',
    memo: {},
    deletionPolicy: 'Retain',
    claim: { registry: 'vault', object: 'Tenant///acme' },
    specDigest: 'digest',
    needs: [],
  }
  const { claim: _claim, ...unclaimed } = held
  const { specDigest: _digest, ...watched } = held

  it.each([
    ['is managed and ours', 'Full', held, false],
    ['is managed and held by another', 'Full', { ...held, heldBy: 'x' }, true],
    ['is new', 'Full', undefined, false],
    ['is observed from now on and was ours', 'Observe', held, true],
    ['is observed and held by another', 'Observe', { ...held, heldBy: 'x' }, false],
    ['is observed and no book knows it', 'Observe', unclaimed, false],
    ['is observed and was never written', 'Observe', watched, false],
    ['is observed for the first time', 'Observe', undefined, false],
    ['is paused', 'Paused', held, false],
  ])('when it %s', async (_, management, entry, expected) => {
    expect(mayChangeHands(await facts(management), entry)).toBe(expected)
  })
})

describe('memory of a group that the document gives another name', () => {
  const group = (displayName: string) =>
    document('Group', 'one', { connectionRef: { name: 'vault' }, tenantRef: { id: 'acme' }, displayName })
  const remembered = async (displayName: string, speaker?: string, more: Partial<Entry> = {}): Promise<boolean> => {
    const world = new OneWorld()
    const { documents, context } = await world.look([vault, group(displayName)])
    const facts = documents[0] ?? expect.fail('no document')
    const known: Entry = {
      address: 'Group/one',
      kind: 'Group',
      connection: 'vault',
      tenant: 'acme',
      key: 'Sales',
      id: '7',
      memo: {},
      deletionPolicy: 'Retain',
      needs: [],
      ...more,
    }
    const look = await lookOne(facts, known, { ...context, speaker: async () => speaker }, noRules)
    return look.entry !== undefined
  }

  it.each([
    ['is its own while nobody else describes the name of before', 'Ops', undefined, {}, true],
    ['is its own where it is itself who describes the object, by its id', 'Ops', 'Group/one', {}, true],
    ["is another one's where that describes the name of before", 'Ops', 'Group/two', {}, false],
    ['is its own under the same name, whoever else describes it', 'sales', 'Group/two', {}, true],
    ['is of another object in another tenant', 'Sales', undefined, { tenant: 'other' }, false],
    ['is of another object without an id to find it by', 'Ops', undefined, { id: undefined }, false],
  ] as const)('%s', async (_, displayName, speaker, more, expected) => {
    expect(await remembered(displayName, speaker, more as Partial<Entry>)).toBe(expected)
  })
})

describe('the drift of one object', () => {
  it('is what differs right now, field by field', async () => {
    const world = new OneWorld()
    await world.one(tenant())
    expect((await world.drift(tenant()))?.changes).toEqual([])
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    expect((await world.drift(tenant()))?.changes).toMatchObject([{ path: '/displayName', from: 'Other', to: 'Acme' }])
  })

  it('is nothing where the object is proven absent, and an error where nothing is known', async () => {
    const world = new OneWorld()
    expect(await world.drift(tenant())).toBeUndefined()
    world.closed()
    await expect(world.drift(tenant())).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})
