import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import type { ConnectionAccess } from '../../reconciler/connections.ts'
import type { Entry } from '../../reconciler/model.ts'
import { observeAll, observeOne } from '../../reconciler/observe.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (spec: Record<string, unknown> = {}) =>
  document('Tenant', 'acme', { connectionRef: { name: 'vault' }, ...spec })
const inTenant = (kind: string, name: string, spec: Record<string, unknown>) =>
  document(kind, name, { connectionRef: { name: 'vault' }, tenantRef: { name: 'acme' }, displayName: name, ...spec })

async function looked(world: World, ...resources: Parameters<World['look']>[0]) {
  const { snapshot } = await world.look([vault, ...resources])
  return (address: string) => snapshot.get(address)?.sight
}

describe('a look at objects in containers', () => {
  it('needs no look inside what is absent', async () => {
    const world = new World()
    const sight = await looked(world, inTenant('Client', 'portal', {}), tenant())
    expect([sight('Tenant/acme'), sight('Client/portal')]).toEqual([{ state: 'absent' }, { state: 'absent' }])
    expect(world.system.calls).toEqual(['observe Tenant/acme'])
  })

  it('knows nothing of what is inside something unknown, and says why', async () => {
    const world = new World()
    const error = new PlumblineError('FORBIDDEN', 'not allowed')
    world.system.faults.push({ call: /observe Tenant/, error })
    const sight = await looked(world, tenant(), inTenant('Client', 'portal', {}))
    expect(sight('Client/portal')).toEqual({ state: 'unknown', error })
    expect(world.system.calls).toEqual(['observe Tenant/acme'])
  })

  it('asks for each object once', async () => {
    const world = new World()
    world.system.objects.set('Tenant/acme', {})
    await looked(world, inTenant('Client', 'a', {}), inTenant('Client', 'b', {}), tenant())
    expect(world.system.calls.toSorted()).toEqual([
      'observe Client/acme/a',
      'observe Client/acme/b',
      'observe Tenant/acme',
    ])
  })

  it('goes on where a container is no document here', async () => {
    const world = new World()
    const { documents, context } = await world.look([vault, tenant(), inTenant('Client', 'portal', {})])
    const client = documents.filter((d) => d.kind.name === 'Client')
    const seen: string[] = []
    const snapshot = await observeAll(client, new Map(), context, (address) => void seen.push(address))
    expect([snapshot.get('Client/portal')?.sight.state, seen]).toEqual(['absent', ['Client/portal']])
  })

  it('is made at eight objects at a time', async () => {
    const world = new World()
    const names = Array.from({ length: 30 }, (_, i) => `t${i}`)
    const { documents, context } = await world.look([
      vault,
      ...names.map((name) => document('Tenant', name, { connectionRef: { name: 'vault' } })),
    ])
    let [open, most] = [0, 0]
    const connected = await context.connections.connection('vault')
    const slow = {
      ...connected,
      session: {
        ...connected.session,
        adapter: () => ({
          observe: async () => {
            open += 1
            most = Math.max(most, open)
            await new Promise((resolve) => setImmediate(resolve))
            open -= 1
            return undefined
          },
        }),
      },
    }
    const connections = {
      ...context.connections,
      clock: world.clock,
      connection: async () => slow,
    } as unknown as ConnectionAccess
    await observeAll(documents, new Map(), { ...context, connections, secrets: context.connections.secrets })
    expect(most).toBe(8)
  })
})

describe('a look at one object', () => {
  it('is tried again while the system is busy', async () => {
    const world = new World()
    const busy = new PlumblineError('UNAVAILABLE', 'busy', { retry: 'backoff' })
    world.system.faults.push({ call: /observe/, error: busy })
    expect((await looked(world, tenant()))('Tenant/acme')).toEqual({ state: 'absent' })
  })

  it('reads no secret behind a Connection that is not followed', async () => {
    const world = new World()
    const read: string[] = []
    const client = inTenant('Client', 'portal', { tenantRef: { id: 'acme' }, clientSecret: { fromEnv: 'S' } })
    const { documents, context } = await world.look([vault, client])
    const connections = {
      ...context.connections,
      connection: () => Promise.reject(new PlumblineError('REFUSED', 'not followed')),
    } as unknown as ConnectionAccess
    const secrets = async ({ fromEnv }: { readonly fromEnv?: string }) => {
      read.push(String(fromEnv))
      throw new Error('read')
    }
    const [facts] = documents
    const seen = facts && (await observeOne(facts, undefined, { ...context, connections, secrets }))
    expect(seen).toMatchObject({ sight: { state: 'unknown', error: { message: 'not followed' } }, delivered: false })
    expect(read).toEqual([])
  })

  it('needs no secret that has a version', async () => {
    const world = new World()
    const client = (secret: Record<string, unknown>) =>
      inTenant('Client', 'portal', { tenantRef: { id: 'acme' }, clientSecret: { fromEnv: 'NOT_THERE', ...secret } })
    expect((await looked(world, client({ version: 1 })))('Client/portal')).toEqual({ state: 'absent' })
    expect((await looked(world, client({})))('Client/portal')).toMatchObject({
      state: 'unknown',
      error: { code: 'UNRESOLVED_SECRET' },
    })
  })

  it('sends nothing behind a paused Connection, and says so', async () => {
    const world = new World()
    const paused = document('Connection', 'vault', { ...vault.spec, management: 'Paused' })
    const { snapshot } = await world.look([paused, tenant()])
    expect(snapshot.get('Tenant/acme')?.sight).toMatchObject({
      state: 'unknown',
      error: { code: 'REFUSED', message: 'the Connection vault is paused' },
    })
    expect(world.system.calls).toEqual([])
  })

  it('sees whether a value was delivered', async () => {
    const world = new World()
    const key = (spec: Record<string, unknown>) =>
      inTenant('ApiKey', 'ci', { tenantRef: { id: 'acme' }, scopes: ['users:read'], ...spec })
    const delivered = async (spec: Record<string, unknown>) =>
      (await world.look([vault, key(spec)])).snapshot.get('ApiKey/ci')?.delivered
    expect([await delivered({}), await delivered({ writeTo: { file: 'ci.key' } })]).toEqual([true, false])
    world.delivered.set(JSON.stringify({ file: 'ci.key' }), 'value')
    expect(await delivered({ writeTo: { file: 'ci.key' } })).toBe(true)
  })
})

describe('a create that was begun and whose answer never arrived', () => {
  const pigello = connection('pigello', 'Pigello')
  const security = (spec: Record<string, unknown> = {}) =>
    document('SecurityConfiguration', 'acme', { connectionRef: { name: 'pigello' }, customId: 'acme', ...spec })
  const begun: Entry = {
    address: 'SecurityConfiguration/acme',
    kind: 'SecurityConfiguration',
    connection: 'pigello',
    key: '',
    memo: {},
    deletionPolicy: 'Retain',
    needs: [],
  }
  const sightWith = async (entry: Entry | undefined, spec: Record<string, unknown> = {}) => {
    const world = new World(new MemorySystem('Pigello'))
    if (entry) world.ledger.entries.set(entry.address, entry)
    const { snapshot } = await world.look([pigello, security(spec)])
    return snapshot.get('SecurityConfiguration/acme')?.sight
  }

  it('is for a person to settle, who is told both ways', async () => {
    expect(await sightWith(begun)).toMatchObject({
      state: 'unknown',
      error: {
        code: 'OUTCOME_UNKNOWN',
        help: expect.stringMatching(
          /externalRef\.id of SecurityConfiguration\/acme.*--not-created SecurityConfiguration/,
        ),
      },
    })
  })

  it('is settled by the id that the document names', async () =>
    expect(await sightWith(begun, { externalRef: { id: '7' } })).toEqual({ state: 'absent' }))

  it('is none where the id is known, or nothing was begun', async () => {
    expect(await sightWith({ ...begun, id: '7' })).toEqual({ state: 'absent' })
    expect(await sightWith(undefined)).toEqual({ state: 'absent' })
  })

  it('is found again by its key where objects have one', async () => {
    const world = new World()
    world.ledger.entries.set('Tenant/acme', {
      ...begun,
      address: 'Tenant/acme',
      kind: 'Tenant',
      connection: 'vault',
      key: 'acme',
    })
    expect((await looked(world, tenant()))('Tenant/acme')).toEqual({ state: 'absent' })
  })
})

describe('a name that a document gives to its object', () => {
  const group = (name: string, displayName: string) =>
    document('Group', name, { connectionRef: { name: 'vault' }, tenantRef: { id: 'acme' }, displayName })

  /** A group called `Sales` with the id 1, and perhaps another one called `Ops`. */
  async function renaming(displayName: string, other: { readonly id: string } | undefined) {
    const world = new World()
    await world.apply([vault, group('one', 'Sales')])
    const { documents, context } = await world.look([vault, group('one', displayName)])
    const facts = documents[0] ?? expect.fail('no document')
    const asked: (string | undefined)[] = []
    const connected = await context.connections.connection('vault')
    const adapter = {
      observe: async ({ id, key }: { readonly id?: string; readonly key: string }) => {
        asked.push(id ?? key)
        if (id !== undefined) return { id, key: 'Sales', spec: {} }
        return other && { id: other.id, key, spec: {} }
      },
    }
    const session = { ...connected.session, adapter: () => adapter }
    const connections = {
      clock: world.clock,
      connection: async () => ({ ...connected, session }),
    } as unknown as ConnectionAccess
    const seen = await observeOne(facts, undefined, { ...context, connections, secrets: context.connections.secrets })
    return { sight: seen.sight, asked }
  }

  it('must be free', async () => {
    const { sight } = await renaming('Ops', { id: 'other' })
    expect(sight).toMatchObject({
      state: 'unknown',
      error: {
        code: 'CONFLICT',
        message: 'Group/one describes Sales, and another object is called Ops already',
        help: expect.stringContaining('metadata.name'),
      },
    })
  })

  it('is free where nobody has it, or it has it itself', async () => {
    const free = await renaming('Ops', undefined)
    expect([free.sight.state, free.asked]).toEqual(['present', ['Group/acme/Sales', 'Ops']])
    expect((await renaming('Ops', { id: 'Group/acme/Sales' })).sight.state).toBe('present')
  })

  it('is not asked for where it stays, whatever its case', async () => {
    const { asked } = await renaming('SALES', { id: 'other' })
    expect(asked).toEqual(['Group/acme/Sales'])
  })
})
