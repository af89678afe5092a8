import { describe, expect, it } from 'vitest'
import { type Code, PlumblineError } from '../../config/errors.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (spec: Record<string, unknown> = {}) =>
  document('Tenant', 'acme', { connectionRef: { name: 'vault' }, displayName: 'Acme', ...spec })

/** The first apply of a tenant whose create fails. */
async function failing(error: PlumblineError, spec: Record<string, unknown> = {}) {
  const world = new World()
  world.system.faults.push({ call: /create/, error })
  const [outcome] = await world.apply([vault, tenant(spec)])
  return { world, outcome, intent: world.ledger.entries.get('Tenant/acme') }
}

describe('a create that fails', () => {
  it.each(['API_DISABLED', 'CONFLICT', 'FORBIDDEN', 'RATE_LIMITED', 'REJECTED', 'UNAUTHENTICATED'] satisfies Code[])(
    'with %s has created nothing, and leaves nothing to remember',
    async (code) => {
      const { outcome, intent } = await failing(new PlumblineError(code, 'no'))
      expect([outcome?.error?.code, intent]).toEqual([code, undefined])
    },
  )

  it.each(['UNAVAILABLE', 'OUTCOME_UNKNOWN', 'UNEXPECTED_RESPONSE', 'NOT_FOUND', 'INTERNAL'] satisfies Code[])(
    'with %s may have created it: the intent is remembered, without an id',
    async (code) => {
      const { outcome, intent } = await failing(new PlumblineError(code, 'hm'))
      expect(outcome?.error?.code).toBe(code)
      expect(intent).toMatchObject({ address: 'Tenant/acme', key: 'acme' })
      expect(intent).not.toHaveProperty('id')
    },
  )

  it('with any code has created nothing where the system says so for certain', async () => {
    const { intent } = await failing(new PlumblineError('UNEXPECTED_RESPONSE', '415', { didNothing: true }))
    expect(intent).toBeUndefined()
  })

  it('at first for certain and then uncertainly may have created it', async () => {
    const world = new World()
    const busy = new PlumblineError('UNAVAILABLE', 'lost', { retry: 'backoff' })
    world.system.faults.push(
      { call: /create/, error: busy },
      { call: /create/, error: new PlumblineError('REJECTED', 'no') },
    )
    await world.apply([vault, tenant()])
    expect(world.ledger.entries.has('Tenant/acme')).toBe(true)
  })

  it('for certain each time has created nothing', async () => {
    const world = new World()
    const slow = new PlumblineError('RATE_LIMITED', 'slow down', { retry: 'backoff' })
    world.system.faults.push(
      { call: /create/, error: slow },
      { call: /create/, error: new PlumblineError('REJECTED', 'no') },
    )
    await world.apply([vault, tenant()])
    expect(world.ledger.entries.size).toBe(0)
  })

  it('for certain puts back what was remembered of an earlier try', async () => {
    const world = new World()
    world.system.faults.push({ call: /create/, error: new PlumblineError('OUTCOME_UNKNOWN', 'lost') })
    await world.apply([vault, tenant()])
    const before = world.ledger.entries.get('Tenant/acme')
    world.system.faults.push({ call: /create/, error: new PlumblineError('REJECTED', 'no') })
    await world.apply([vault, tenant()])
    expect(world.ledger.entries.get('Tenant/acme')).toEqual(before)
  })
})

describe('a create that is told that the object exists', () => {
  const exists = new PlumblineError('ALREADY_EXISTS', 'taken')

  it('takes it over where the document may adopt', async () => {
    const world = new World()
    world.system.faults.push({ call: /create/, error: exists, afterwards: true })
    const [outcome] = await world.apply([vault, tenant()])
    expect([outcome?.status, world.system.writes]).toEqual(['done', ['create Tenant/acme']])
    expect(world.ledger.entries.get('Tenant/acme')?.id).toBe('Tenant/acme')
  })

  it('fails where the document may only create, and remembers nothing', async () => {
    const { outcome, intent } = await failing(exists, { adoption: 'CreateOnly' })
    expect([outcome?.error?.code, intent]).toEqual(['ALREADY_EXISTS', undefined])
  })

  it('takes nothing over that exists in the eyes of a later call only', async () => {
    const world = new World()
    const [outcome] = await world.apply([vault, tenant()], {}, () => {
      world.system.afterWrite = () => void world.system.faults.push({ call: /observe/, error: exists })
    })
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'ALREADY_EXISTS' } })
    expect(world.ledger.entries.get('Tenant/acme')?.id).toBe('Tenant/acme')
  })
})
