import { describe, expect, it } from 'vitest'
import { MemorySystem } from '../support/memory-system.ts'
import { actions, connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const pruned = { prune: true, allow: new Set(['delete'] as const), maxDeleteShare: 1 }

const tenant = (name: string, spec: Record<string, unknown> = {}) =>
  document('Tenant', name, { connectionRef: { name: 'vault' }, ...spec })
const group = (name: string, spec: Record<string, unknown> = {}) =>
  document('Group', name, {
    connectionRef: { name: 'vault' },
    tenantRef: { id: 'acme' },
    displayName: 'Cashiers',
    deletionPolicy: 'Delete',
    ...spec,
  })

/** Kinds whose documents can be renamed while the object stays, each with a policy that ends objects. */
const RENAMED = {
  Group: { system: 'SecretsVault', spec: group('x').spec },
  ApiKey: {
    system: 'SecretsVault',
    spec: {
      connectionRef: { name: 'c' },
      tenantRef: { id: 'acme' },
      displayName: 'ci',
      scopes: ['users:read'],
      deletionPolicy: 'Delete',
    },
  },
  User: {
    system: 'SecretsVault',
    spec: {
      connectionRef: { name: 'c' },
      tenantRef: { id: 'acme' },
      username: 'jane',
      email: 'j@example.com',
      deletionPolicy: 'Delete',
    },
  },
  CimActionTokenUrl: {
    system: 'OneWelcomeCim',
    spec: { connectionRef: { name: 'c' }, url: 'https://a.example.com', deletionPolicy: 'Delete' },
  },
  CimLoginMethod: {
    system: 'OneWelcomeCim',
    spec: { connectionRef: { name: 'c' }, type: 'EmailOtp', displayName: 'Code', deletionPolicy: 'Delete' },
  },
  CimCustomMessages: {
    system: 'OneWelcomeCim',
    spec: { connectionRef: { name: 'c' }, locale: 'nl', messages: { title: 'Hoi' }, deletionPolicy: 'Delete' },
  },
  PasswordOrgConfig: {
    system: 'SailPoint',
    spec: { connectionRef: { name: 'c' }, customInstructions: true, deletionPolicy: 'Reset' },
  },
} as const

describe.each(Object.entries(RENAMED))('a renamed document of a %s', (kind, { system, spec }) => {
  const c = connection('c', system)
  const named = (name: string) => document(kind, name, { ...spec, connectionRef: { name: 'c' } })
  const applied = async (): Promise<World> => {
    const world = new World(new MemorySystem(system, 1))
    await world.apply([c, named('old')])
    return world
  }

  it('is a move: nothing is created, changed or deleted, and memory follows', async () => {
    const world = await applied()
    const before = world.system.writes.length
    const { plan } = await world.look([c, named('new')], pruned)
    expect(plan.steps).toMatchObject([{ action: 'move', address: `${kind}/new`, from: `${kind}/old` }])
    await world.apply([c, named('new')], pruned)
    expect(world.system.writes.slice(before)).toEqual([])
    expect([...world.ledger.entries.keys()]).toEqual([`${kind}/new`])
    expect(actions(await world.plan([c, named('new')], pruned))).toEqual([`none ${kind}/new`])
  })

  it('is one in two runs, too: first without prune, then with it', async () => {
    const world = await applied()
    const before = world.system.writes.length
    await world.apply([c, named('new')])
    await world.apply([c, named('new')], pruned)
    expect(world.system.writes.slice(before)).toEqual([])
  })

  it('does not end the object that an inventory of the release before has twice', async () => {
    const world = await applied()
    const before = world.system.writes.length
    const old = world.ledger.entries.get(`${kind}/old`)
    if (old) world.ledger.entries.set(`${kind}/new`, { ...old, address: `${kind}/new` })
    await world.apply([c, named('new')], pruned)
    expect(world.system.writes.slice(before)).toEqual([])
    expect([...world.ledger.entries.keys()]).toEqual([`${kind}/new`])
  })
})

describe('two documents that swap their objects', () => {
  it('swap their memory, and nothing is sent', async () => {
    const world = new World()
    world.env = { A: 'a', B: 'b' }
    const client = (name: string, clientId: string, secret: string) =>
      document('Client', name, {
        connectionRef: { name: 'vault' },
        tenantRef: { id: 'acme' },
        displayName: clientId,
        clientId,
        clientSecret: { fromEnv: secret },
      })
    await world.apply([vault, client('one', 'x', 'A'), client('two', 'y', 'B')])
    const before = world.system.writes.length
    const swapped = [vault, client('one', 'y', 'B'), client('two', 'x', 'A')]
    expect(actions(await world.plan(swapped))).toEqual(['move Client/one', 'move Client/two'])
    await world.apply(swapped)
    expect(actions(await world.plan(swapped))).toEqual(['none Client/one', 'none Client/two'])
    expect(world.system.writes.slice(before)).toEqual([])
  })
})

describe('a document that describes another object now', () => {
  it('leaves the one before, which is an orphan from then on', async () => {
    const world = new World()
    await world.apply([vault, tenant('web', { tenantId: 'j' })])
    const changed = [vault, tenant('web', { tenantId: 'k' })]
    const { plan } = await world.look(changed)
    expect(actions(plan)).toEqual(['create Tenant/web', expect.stringMatching(/^leave Tenant\/web@/)])
    expect(plan.steps[1]).toMatchObject({ key: 'j', from: 'Tenant/web' })
    await world.apply(changed)
    expect([...world.system.objects.keys()].sort()).toEqual(['Tenant/j', 'Tenant/k'])
    const again = await world.plan(changed)
    expect(actions(again)).toEqual(['none Tenant/web'])
    expect(again.orphans).toEqual([expect.stringMatching(/^Tenant\/web@/)])
    expect(actions(await world.plan(changed, pruned))).toEqual(['none Tenant/web', expect.stringMatching(/^forget/)])
  })

  it('says so when its parent has changed, and not that the object has vanished', async () => {
    const world = new World()
    await world.apply([vault, tenant('a'), tenant('b'), group('g', { tenantRef: { name: 'a' } })])
    const { steps } = await world.plan([vault, tenant('a'), tenant('b'), group('g', { tenantRef: { name: 'b' } })])
    const created = steps.find((s) => s.action === 'create')
    expect(created?.because).toBe('its tenant was a and is b now, so it is another object')
    expect(created?.drift).toBeUndefined()
  })

  it('takes over what the document of another address, gone now, spoke for', async () => {
    const world = new World()
    await world.apply([vault, tenant('one', { tenantId: 'j' }), tenant('two', { tenantId: 'k' })])
    const changed = [vault, tenant('one', { tenantId: 'k' })]
    const { steps } = await world.plan(changed)
    expect(steps).toMatchObject([
      { action: 'move', address: 'Tenant/one', from: 'Tenant/two' },
      { action: 'leave', key: 'j', from: 'Tenant/one' },
    ])
  })
})

describe('a renamed key of an object that its id finds', () => {
  it('is a change of the object', async () => {
    const world = new World(new MemorySystem('Pigello'))
    const rules = (id: string) =>
      document('SecurityConfiguration', 'acme', {
        connectionRef: { name: 'vault' },
        organization: { id },
      })
    const pigello = connection('vault', 'Pigello')
    const [a, b] = ['497f6eca-6276-4993-bfeb-53cbbbba6f08', '597f6eca-6276-4993-bfeb-53cbbbba6f08']
    await world.apply([pigello, rules(a)])
    expect(world.ledger.entries.get('SecurityConfiguration/acme')?.key).toBe(a)
    world.system.objects.set(`SecurityConfiguration/${b}`, world.system.objects.get(`SecurityConfiguration/${a}`) ?? {})
    const { steps } = await world.plan([pigello, rules(b)])
    expect(steps).toMatchObject([{ action: 'update' }])
  })
})

describe('two documents of one object', () => {
  it('are refused, with both named', async () => {
    const { diagnostics } = await new World().plan([vault, group('one'), group('two', { displayName: 'CASHIERS' })])
    expect(diagnostics).toMatchObject([
      {
        severity: 'error',
        resource: 'Group/two',
        message: expect.stringContaining('Group/one describes the same object'),
      },
    ])
  })

  it('are refused through two Connections that lead to one place', async () => {
    const other = document('Connection', 'other', {
      system: 'SecretsVault',
      endpoint: 'https://SYSTEM.example:443/',
      credentials: {},
    })
    const { diagnostics } = await new World().plan([
      vault,
      other,
      tenant('one', { tenantId: 'x' }),
      tenant('two', { tenantId: 'x', connectionRef: { name: 'other' } }),
    ])
    expect(diagnostics).toHaveLength(1)
  })

  it('are refused when only the look shows that they are one', async () => {
    const world = new World()
    world.system.objects.set('Group/acme/Cashiers', { displayName: 'Cashiers' })
    world.system.idOf = () => 'same'
    world.system.objects.set('Group/acme/Sellers', { displayName: 'Sellers' })
    const { diagnostics } = await world.plan([vault, group('one'), group('two', { displayName: 'Sellers' })])
    expect(diagnostics).toMatchObject([{ resource: 'Group/two' }])
  })
})

describe('a Connection that leads to another place', () => {
  const at = (endpoint: string) =>
    document('Connection', 'vault', { system: 'SecretsVault', endpoint, credentials: {} })
  const client = document('Client', 'portal', {
    connectionRef: { name: 'vault' },
    tenantRef: { id: 'acme' },
    displayName: 'Portal',
    clientSecret: { fromEnv: 'S', version: 1 },
  })
  const moved = async () => {
    const world = new World()
    world.env.S = 'secret'
    await world.apply([at('https://dev.example'), client])
    return world
  }

  it('leads to objects of which nothing is remembered', async () => {
    const world = await moved()
    world.system.objects.clear()
    const { steps } = await world.plan([at('https://prod.example'), client])
    expect(steps).toMatchObject([{ action: 'create' }])
    expect(steps[0]?.drift).toBeUndefined()
    expect(steps[0]?.because).toBeUndefined()
  })

  it('has nothing that is write-only counted as sent', async () => {
    const world = await moved()
    const { steps } = await world.plan([at('https://prod.example'), client])
    expect(steps).toMatchObject([{ action: 'adopt', changes: [{ path: '/clientSecret' }] }])
  })

  it('keeps what is remembered of the place before, for when it leads there again', async () => {
    const world = await moved()
    await world.apply([at('https://prod.example'), client], pruned)
    const before = world.system.writes.length
    await world.apply([at('https://dev.example'), client], pruned)
    expect(world.system.writes.slice(before)).toEqual([])
    expect(actions(await world.plan([at('https://dev.example'), client], pruned))).toEqual(['none Client/portal'])
  })

  it('leaves the objects of the place before alone when their documents go', async () => {
    const world = await moved()
    const { steps, orphans } = await world.plan([at('https://prod.example'), tenant('acme')], pruned)
    expect([steps.map((s) => s.action), orphans]).toEqual([['create'], []])
  })
})

describe('an object that somebody has deleted and made anew', () => {
  it('has nothing that is write-only counted as sent, and its new id is kept', async () => {
    const world = new World()
    world.env.S = 'secret'
    const client = document('Client', 'portal', {
      connectionRef: { name: 'vault' },
      tenantRef: { id: 'acme' },
      displayName: 'Portal',
      clientSecret: { fromEnv: 'S', version: 1 },
    })
    await world.apply([vault, client])
    world.system.idOf = () => 'made anew'
    const { steps } = await world.plan([vault, client])
    expect(steps).toMatchObject([
      { changes: [{ path: '/clientSecret' }], because: expect.stringContaining('recreated it') },
    ])
    await world.apply([vault, client])
    expect(world.ledger.entries.get('Client/portal')?.id).toBe('made anew')
    expect(actions(await world.plan([vault, client]))).toEqual(['none Client/portal'])
  })
})
