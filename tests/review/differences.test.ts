import { expect, it } from 'vitest'
import type { Plan, Step } from '../../reconciler/model.ts'
import { planDifferences } from '../../review/server/differences.ts'

const step = (address: string, action: Step['action'], to?: number): Step => ({
  action,
  address,
  kind: 'Tenant',
  connection: 'runtime',
  key: address,
  changes: to === undefined ? [] : [{ op: 'replace', path: '/pin/size', from: 6, to, impact: 'tightens' }],
  needs: [],
})
const plan = (...steps: readonly Step[]): Plan => ({ steps, finalize: [], orphans: [], diagnostics: [], digest: '' })

it('says what is otherwise in a plan, object by object', () => {
  const was = plan(step('Tenant/a', 'update', 8), step('Tenant/b', 'none'), step('Tenant/c', 'create'))
  const is = plan(step('Tenant/a', 'update', 9), step('Tenant/b', 'none'), step('Tenant/d', 'delete'))
  expect(planDifferences(was, is)).toEqual([
    'Tenant/a: update (/pin/size 6 → 8) → update (/pin/size 6 → 9)',
    'Tenant/c: create → not planned',
    'Tenant/d: not planned → delete',
  ])
  expect(planDifferences(is, is)).toEqual([])
})

it('shows no secret', () => {
  const secret = {
    ...step('Tenant/a', 'update'),
    changes: [{ op: 'replace', path: '/key', from: 'x', to: 'marked', secret: true, impact: 'neutral' }],
  } as Step
  expect(planDifferences(plan(), plan(secret))).toEqual(['Tenant/a: not planned → update (/key)'])
})
