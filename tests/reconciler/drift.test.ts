import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import { drift } from '../../reconciler/drift.ts'
import type { Step } from '../../reconciler/model.ts'
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

describe('a step in a drift report', () => {
  const differs = { op: 'replace', path: '/displayName', from: 'a', to: 'b', impact: 'neutral' } as const
  const ours = { op: 'replace', path: '/clientSecret', secret: true, impact: 'neutral' } as const
  const step = (more: Partial<Step>): Step => ({
    action: 'none',
    address: 'Client/portal',
    kind: 'Client',
    connection: 'vault',
    key: 'portal',
    id: '7',
    changes: [],
    needs: [],
    ...more,
  })
  /** The parts of the report that name the step. */
  const partsFor = (more: Partial<Step>): Record<string, unknown> => {
    const plan = { steps: [step(more)], finalize: [], orphans: [], diagnostics: [], digest: '' }
    const { at: _, orphaned: _o, ...report } = drift(plan, new Date(0))
    return Object.fromEntries(Object.entries(report).filter(([, v]) => (typeof v === 'number' ? v > 0 : v.length > 0)))
  }

  it.each([
    ['that needs nothing', { action: 'none' }],
    ['whose memory moves', { action: 'move' }],
    ['that takes over what is as it should be', { action: 'adopt' }],
    ['that sends a secret of ours', { action: 'update', changes: [ours] }],
    ['that replaces what does not differ', { action: 'replace', changes: [ours] }],
  ] as const)('%s is in sync', (_, more) => expect(partsFor(more)).toEqual({ inSync: 1 }))

  it.each(['adopt', 'update', 'replace', 'report', 'blocked'] as const)(
    'that says %s of what differs is drift, without what waits to be sent, and nothing else',
    (action) => {
      const parts = partsFor({ action, changes: [ours, differs] })
      expect(parts).toMatchObject({ drifted: [{ changes: [differs] }] })
      expect(Object.keys(parts)).toEqual(['drifted'])
    },
  )

  it('that needs nothing of what was never seen is not missing', () => {
    const { id: _, ...unseen } = step({ action: 'none' })
    const plan = { steps: [unseen], finalize: [], orphans: [], diagnostics: [], digest: '' }
    expect(drift(plan, new Date(0))).toMatchObject({ inSync: 1, missing: [] })
  })

  it('of what is not there is missing, and no drift', () => {
    expect(Object.keys(partsFor({ action: 'create', changes: [differs] }))).toEqual(['missing'])
    const { id: _, ...unseen } = step({ action: 'report' })
    const plan = { steps: [unseen], finalize: [], orphans: [], diagnostics: [], digest: '' }
    expect(drift(plan, new Date(0))).toMatchObject({ inSync: 0, drifted: [], missing: [unseen] })
  })

  it('of what cannot be known says why, and where its document is', () => {
    expect(partsFor({ action: 'blocked', because: 'no answer', code: 'UNAVAILABLE', file: 'a.yaml', line: 3 })).toEqual(
      {
        unknown: [
          {
            severity: 'error',
            code: 'UNAVAILABLE',
            message: 'no answer',
            resource: 'Client/portal',
            file: 'a.yaml',
            line: 3,
          },
        ],
      },
    )
    expect(partsFor({ action: 'blocked', because: 'a guard' })).toEqual({
      unknown: [{ severity: 'error', code: 'REFUSED', message: 'a guard', resource: 'Client/portal' }],
    })
  })

  it('that ends the management of something is none of these', () => {
    for (const action of ['delete', 'forget', 'reset', 'leave'] as const) expect(partsFor({ action })).toEqual({})
  })

  it('of a kind of another release is told as it is', () =>
    expect(partsFor({ kind: 'Gone', action: 'update', changes: [differs] })).toMatchObject({ drifted: [{}] }))
})
