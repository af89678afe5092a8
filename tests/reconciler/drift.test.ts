import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import { drift } from '../../reconciler/drift.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (name: string) => document('Tenant', name, { connectionRef: { name: 'vault' }, displayName: name })

describe('a drift report', () => {
  it('tells apart what differs, what is missing, what nobody describes and what is not known', async () => {
    const world = new World()
    await world.apply([vault, ...['same', 'changed', 'gone', 'orphan', 'closed'].map(tenant)])
    world.system.objects.set('Tenant/changed', { display_name: 'Changed behind the back' })
    world.system.objects.delete('Tenant/gone')
    world.system.faults.push({ call: /observe Tenant\/closed/, error: new PlumblineError('FORBIDDEN', 'not allowed') })
    const plan = await world.plan([vault, ...['same', 'changed', 'gone', 'closed'].map(tenant)])
    const report = drift(plan, new Date('2026-01-01T00:00:00Z'))
    expect(report).toMatchObject({
      at: '2026-01-01T00:00:00.000Z',
      inSync: 1,
      drifted: [{ address: 'Tenant/changed', changes: [{ path: '/displayName' }] }],
      missing: [{ address: 'Tenant/gone' }],
      orphaned: ['Tenant/orphan'],
      unknown: [{ resource: 'Tenant/closed', code: 'FORBIDDEN', message: 'not allowed' }],
    })
  })
})
