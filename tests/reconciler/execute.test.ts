import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import type { Resource } from '../../config/resource.ts'
import type { Entry } from '../../reconciler/model.ts'
import type { Ownership } from '../../reconciler/ownership.ts'
import { reconcileOne } from '../../reconciler/reconcile-one.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (spec: Record<string, unknown> = {}) =>
  document('Tenant', 'acme', { connectionRef: { name: 'vault' }, displayName: 'Acme', ...spec })
const client = (spec: Record<string, unknown> = {}) =>
  document('Client', 'portal', {
    connectionRef: { name: 'vault' },
    tenantRef: { id: 'acme' },
    displayName: 'Portal',
    ...spec,
  })
const key = (spec: Record<string, unknown> = {}) =>
  document('ApiKey', 'ci', {
    connectionRef: { name: 'vault' },
    tenantRef: { id: 'acme' },
    displayName: 'ci',
    scopes: ['users:read'],
    ...spec,
  })

/** A world in which one document is reconciled by itself; places may be closed, and a book is kept. */
class OneWorld extends World {
  readonly asked: unknown[] = []
  readonly released: Entry[] = []
  isClosed = false

  async one(resource: Resource): Promise<Entry> {
    const { documents, context } = await this.look([vault, resource])
    const ownership = {
      holderBesideUs: async () => undefined,
      release: async (entry: Entry) => void this.released.push(entry),
    } as unknown as Ownership
    const requireOpen = async (place: unknown): Promise<void> => {
      this.asked.push(place)
      if (this.isClosed) throw new PlumblineError('REFUSED', 'somebody else put a value there')
    }
    const deliveries = { ...context.deliveries, requireOpen }
    const facts = documents[0] ?? expect.fail('no document')
    const done = await reconcileOne(facts, this.ledger, { ...context, ownership, deliveries }, this.rules)
    await this.ledger.put(done.entry)
    return done.entry
  }

  /** What is remembered of the document. */
  known(address: string): Entry {
    return this.ledger.entries.get(address) ?? expect.fail(`nothing is known of ${address}`)
  }
}

/** A world of which the first write makes something else go back to what it was. */
function undoing(times: number): OneWorld {
  const world = new OneWorld()
  world.system.afterWrite = () => {
    if (times-- > 0)
      world.system.objects.set('Tenant/acme', { ...world.system.objects.get('Tenant/acme'), display_name: 'Undone' })
  }
  return world
}

describe('what is recorded of an object', () => {
  it('is what it was made by, and nothing that nobody knows', async () => {
    const world = new World(new MemorySystem('OneWelcomeCim', 1))
    const texts = document('CimCustomMessages', 'nl', {
      connectionRef: { name: 'c' },
      locale: 'nl',
      messages: { a: 'b' },
    })
    await world.apply([connection('c', 'OneWelcomeCim'), texts])
    const { specDigest, ...entry } = world.ledger.entries.get('CimCustomMessages/nl') ?? expect.fail('no entry')
    expect(specDigest).toMatch(/^[0-9a-f]{64}$/)
    expect(entry).toStrictEqual({
      address: 'CimCustomMessages/nl',
      kind: 'CimCustomMessages',
      connection: 'c',
      key: 'nl',
      place: 'https://system.example',
      id: 'CimCustomMessages/nl',
      memo: {},
      owned: ['/locale', '/messages/a'],
      deletionPolicy: 'Retain',
      needs: [],
    })
  })

  it('holds a tenant and a claim where there are any, and the fingerprint of what cannot be read', async () => {
    const world = new World()
    world.env = { S: 'value' }
    await world.apply([vault, client({ clientSecret: { fromEnv: 'S' } })])
    const entry = world.ledger.entries.get('Client/portal')
    expect(entry).toMatchObject({ tenant: 'acme', claim: { registry: 'vault', object: 'Client//acme/portal' } })
    expect(entry?.memo).toStrictEqual({ '/clientSecret': { fingerprint: expect.any(String) } })
  })

  it('has the version of a secret that has one', async () => {
    const world = new World()
    world.env = { S: 'value' }
    await world.apply([vault, client({ clientSecret: { fromEnv: 'S', version: 3 } })])
    expect(world.ledger.entries.get('Client/portal')?.memo).toStrictEqual({
      '/clientSecret': { version: 3, fingerprint: expect.any(String) },
    })
  })

  it('is the intent while a create is under way, with what is remembered of the object before', async () => {
    const world = new World()
    world.env = { S: 'value' }
    await world.apply([vault, client({ clientSecret: { fromEnv: 'S', version: 1 } })])
    const { memo } = world.ledger.entries.get('Client/portal') ?? expect.fail('no entry')
    world.system.objects.clear()
    world.system.faults.push({
      call: /create/,
      error: new PlumblineError('UNAVAILABLE', 'no answer', { retry: 'never' }),
    })
    await world.apply([vault, client({ clientSecret: { fromEnv: 'S', version: 1 } })])
    const intent = world.ledger.entries.get('Client/portal')
    expect(intent).not.toHaveProperty('id')
    expect(intent).not.toHaveProperty('specDigest')
    expect(intent?.memo).toEqual(memo)
  })
})

describe('a secret', () => {
  it('is asked for only where it is to be sent', async () => {
    const world = new World()
    world.env = { S: 'value' }
    await world.apply([vault, client({ clientSecret: { fromEnv: 'S', version: 1 } })])
    world.env = {}
    const [outcome] = await world.apply([
      vault,
      client({ displayName: 'Gate', clientSecret: { fromEnv: 'S', version: 1 } }),
    ])
    expect(outcome?.status).toBe('done')
  })
})

describe('a value that is shown once', () => {
  it('is not made where its place holds what somebody else put there', async () => {
    const world = new OneWorld()
    world.isClosed = true
    await expect(world.one(key({ writeTo: { file: 'ci.key' } }))).rejects.toMatchObject({ code: 'REFUSED' })
    expect(world.system.writes).toEqual([])
    expect(world.asked).toEqual([{ file: 'ci.key' }])
  })

  it('is remembered by the fingerprint that the system tells, where it was put somewhere', async () => {
    const world = new OneWorld()
    world.system.fingerprints.set('ApiKey/acme/ci', 'f1')
    expect((await world.one(key({ writeTo: { file: 'ci.key' } }))).memo).toStrictEqual({
      '/writeTo': { fingerprint: 'f1' },
    })
    const [nowhere, untold] = [new OneWorld(), new OneWorld()]
    nowhere.system.fingerprints.set('ApiKey/acme/ci', 'f1')
    expect((await nowhere.one(key())).memo).toStrictEqual({})
    expect((await untold.one(key({ writeTo: { file: 'ci.key' } }))).memo).toStrictEqual({})
  })

  it('asks no place where none is named', async () => {
    const world = new OneWorld()
    await world.one(key())
    await world.one(tenant())
    expect(world.asked).toEqual([])
  })
})

describe('a write that the system undoes', () => {
  it('is made up for by a second one of what is left', async () => {
    const world = undoing(1)
    await world.one(tenant({ pin: { size: 8 } }))
    expect(world.system.writes).toEqual(['create Tenant/acme', 'update Tenant/acme'])
    expect(world.system.objects.get('Tenant/acme')).toEqual({ display_name: 'Acme', pin_size: 8 })
    expect(world.known('Tenant/acme').specDigest).not.toBe('')
  })

  it('is given up after that, says which field it is, and is tried again at the next look', async () => {
    const world = undoing(2)
    await expect(world.one(tenant({ pin: { size: 8 } }))).rejects.toMatchObject({
      code: 'DIVERGED',
      message: 'written without an error, yet /displayName read back different',
      help: expect.stringContaining('drop them from the document'),
    })
    expect(world.system.writes).toHaveLength(2)
    expect(world.known('Tenant/acme')).toMatchObject({ specDigest: '', id: 'Tenant/acme', key: 'acme' })
    await world.one(tenant({ pin: { size: 8 } }))
    expect(world.system.objects.get('Tenant/acme')).toMatchObject({ display_name: 'Acme' })
  })

  it('is not sent a second time when nothing of it was taken', async () => {
    const world = undoing(1)
    await expect(world.one(tenant())).rejects.toMatchObject({ code: 'DIVERGED' })
    expect(world.system.writes).toEqual(['create Tenant/acme'])
  })

  it('is an error when the object is not there afterwards', async () => {
    const world = new OneWorld()
    world.system.afterWrite = () => world.system.objects.clear()
    await expect(world.one(tenant())).rejects.toMatchObject({
      code: 'DIVERGED',
      message: expect.stringContaining('does not exist when read back'),
    })
  })
})

describe('a create that is refused since the object exists', () => {
  const exists = new PlumblineError('ALREADY_EXISTS', 'the name is taken')

  it('becomes an update of what differs', async () => {
    const world = new OneWorld()
    world.system.faults.push({ call: /create/, error: exists })
    let looks = 0
    world.system.afterRead = () => {
      looks += 1
      if (looks === 2) world.system.objects.set('Tenant/acme', { display_name: 'Theirs' })
    }
    expect(await world.one(tenant())).toMatchObject({ id: 'Tenant/acme' })
    expect(world.system.writes).toEqual(['create Tenant/acme', 'update Tenant/acme'])
    expect(world.system.objects.get('Tenant/acme')).toEqual({ display_name: 'Acme' })
  })

  it('is a conflict when the system does not show it, with what the system said', async () => {
    const world = new OneWorld()
    world.system.faults.push({ call: /create/, error: exists })
    await expect(world.one(tenant())).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'the system says that it exists and does not show it: the name is taken',
    })
  })
})

describe('a refused create of an object that has vanished', () => {
  it('leaves what is remembered as it was', async () => {
    const world = new OneWorld()
    await world.one(tenant())
    const before = world.known('Tenant/acme')
    world.system.objects.clear()
    world.system.faults.push({ call: /create/, error: new PlumblineError('REJECTED', 'no') })
    await expect(world.one(tenant())).rejects.toMatchObject({ code: 'REJECTED' })
    expect(world.known('Tenant/acme')).toEqual(before)
  })
})

describe('the name that an object had in the book', () => {
  const group = (externalId: string) =>
    document('Group', 'one', {
      connectionRef: { name: 'vault' },
      tenantRef: { id: 'acme' },
      displayName: 'Sales',
      externalId,
    })
  const claim = (key: string) => ({ registry: 'vault', object: `Group//acme/${key}` })
  const written = async (before: Partial<Entry>): Promise<OneWorld> => {
    const world = new OneWorld()
    await world.one(group('x'))
    await world.ledger.put({ ...world.known('Group/one'), ...before })
    await world.one(group('y'))
    expect(world.known('Group/one').claim).toEqual(claim('sales'))
    return world
  }

  it('is given up when the object has got another one', async () => {
    const { released } = await written({ key: 'Before', claim: claim('before') })
    expect(released.map((e) => e.claim)).toEqual([claim('before')])
  })

  it.each([
    ['is the same', {}],
    ['was claimed in the form of an older release', { claim: claim('Sales') }],
  ])('stays while it %s', async (_, before) => {
    expect((await written(before)).released).toEqual([])
  })
})
