import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dayOf } from '../../config/exceptions.ts'
import type { Resource } from '../../config/resource.ts'
import { drift } from '../../reconciler/drift.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (spec: Record<string, unknown> = {}) =>
  document('Tenant', 'acme', { connectionRef: { name: 'vault' }, pin: { size: 6 }, displayName: 'Acme', ...spec })
const exception = (more: Record<string, unknown> = {}) =>
  document('DriftException', 'kiosks', {
    object: { kind: 'Tenant', name: 'acme' },
    fields: ['/pin'],
    until: '2026-12-31',
    owner: 'ann',
    reason: 'the kiosks take four digits',
    ...more,
  })

describe('a DriftException', () => {
  let world: World
  beforeEach(async () => {
    vi.useFakeTimers({ now: new Date('2026-12-01T12:00:00Z'), toFake: ['Date'] })
    world = new World()
    await world.apply([vault, tenant()])
  })
  afterEach(() => vi.useRealTimers())

  const changed = (values: Record<string, unknown>): void => {
    const [object] = [...world.system.objects.values()]
    if (object !== undefined) Object.assign(object, values)
  }
  const live = () => [...world.system.objects.values()][0]
  const on = (day: string): void => void vi.setSystemTime(new Date(`${day}T12:00:00Z`))
  const planned = async (...resources: readonly Resource[]) => {
    const plan = await world.plan([vault, ...resources])
    return { step: plan.steps[0], report: drift(plan, new Date()) }
  }

  it('lets a field stand as it is until its last day, shows it with the reason, and ends with the day', async () => {
    changed({ pin_size: 4 })
    on('2026-12-31')
    const { step, report } = await planned(tenant(), exception())
    expect(step).toMatchObject({ action: 'report', changes: [] })
    expect(step?.excepted).toMatchObject([
      { path: '/pin/size', from: 4, to: 6, until: '2026-12-31', reason: 'the kiosks take four digits' },
    ])
    expect(report).toMatchObject({
      inSync: 0,
      drifted: [],
      missing: [],
      excepted: [{ address: 'Tenant/acme', changes: [] }],
    })
    await world.apply([vault, tenant(), exception()])
    expect(live()).toMatchObject({ pin_size: 4 })
    on('2027-01-01')
    expect((await planned(tenant(), exception())).report.drifted).toMatchObject([{ drift: true }])
    await world.apply([vault, tenant(), exception()])
    expect(live()).toMatchObject({ pin_size: 6 })
  })

  it('says nothing about other fields: they are corrected, and the excepted one stands', async () => {
    changed({ pin_size: 4, display_name: 'Somebody' })
    const { step } = await planned(tenant(), exception())
    expect(step).toMatchObject({ action: 'update', drift: true, changes: [{ path: '/displayName' }] })
    expect(step?.excepted).toMatchObject([{ path: '/pin/size' }])
    expect(drift(await world.plan([vault, tenant(), exception()]), new Date()).excepted[0]?.changes).toEqual([])
    await world.apply([vault, tenant(), exception()])
    expect(live()).toMatchObject({ pin_size: 4, display_name: 'Acme' })
  })

  it('without fields is about all of the object, and about its absence', async () => {
    changed({ pin_size: 4, display_name: 'Somebody' })
    const whole = exception({ fields: undefined })
    expect((await planned(tenant(), whole)).step).toMatchObject({ action: 'report', changes: [] })
    world.system.objects.clear()
    const { step, report } = await planned(tenant(), whole)
    expect(step).toMatchObject({ action: 'report', changes: [], excepted: [{ until: '2026-12-31' }] })
    expect(step?.excepted?.[0]).toMatchObject({ op: 'add', path: '', impact: 'neutral' })
    expect(report).toMatchObject({ missing: [], excepted: [{ address: 'Tenant/acme' }] })
    on('2027-01-01')
    expect((await planned(tenant(), whole)).step).toMatchObject({ action: 'create', drift: true })
  })

  it('keeps nothing from being made for the first time', async () => {
    const whole = exception({ fields: undefined })
    const { steps } = await new World().plan([vault, tenant(), whole])
    expect(steps[0]).toMatchObject({ action: 'create' })
    expect(steps[0]).not.toHaveProperty('excepted')
  })

  it('may name several fields, of which each stands', async () => {
    changed({ pin_size: 4, display_name: 'Somebody' })
    const { step } = await planned(tenant(), exception({ fields: ['/displayName', '/pin'] }))
    expect(step).toMatchObject({ action: 'report', changes: [] })
    expect(step?.excepted?.map(({ path }) => path).sort()).toEqual(['/displayName', '/pin/size'])
  })

  it('changes no step that it is not about, nor one that is refused', async () => {
    expect((await planned(tenant(), exception())).step).not.toHaveProperty('excepted')
    changed({ pin_size: 4, display_name: 'Somebody' })
    const refused = tenant({ adoption: 'CreateOnly' })
    world.ledger.entries.clear()
    const { step } = await planned(refused, exception())
    expect(step).toMatchObject({ action: 'blocked' })
    expect(step).not.toHaveProperty('excepted')
  })

  it('of another object, another namespace or a day that there is not says nothing', async () => {
    changed({ pin_size: 4 })
    const others = [
      exception({ object: { kind: 'Tenant', name: 'other' } }),
      { ...exception(), metadata: { name: 'kiosks', namespace: 'elsewhere' } },
      exception({ until: '2026-12-32' }),
    ]
    for (const other of others) expect((await planned(tenant(), other)).step).toMatchObject({ action: 'update' })
  })

  it('counts on its last day in UTC', () => {
    expect(dayOf(new Date('2026-12-31T23:59:59Z'))).toBe('2026-12-31')
  })
})
