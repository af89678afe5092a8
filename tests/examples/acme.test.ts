import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { specOf } from '../../config/kind.ts'
import { KINDS, kindOf } from '../../config/kinds/index.ts'
import { formatDiagnostic } from '../../config/resource.ts'
import { isPending } from '../../reconciler/plan.ts'
import { secretReferencesOf } from '../../reconciler/secret-source.ts'
import { acmeEnvironment, example, openRuntime } from './project.ts'

describe('acme', () => {
  it.each(['dev', 'production'])('has no mistake in %s', (environment) => {
    expect(example('acme', environment).diagnostics.map(formatDiagnostic)).toEqual([])
  })

  it('uses every kind', () => {
    const used = new Set(example('acme').resources.map((r) => r.kind))
    expect(KINDS.map((k) => k.name).filter((name) => !used.has(name))).toEqual([])
  })

  it('lists exactly the secrets that its documents read', () => {
    const read = example('acme').resources.flatMap((r) => {
      const kind = kindOf(r.kind)
      return kind === undefined ? [] : [...secretReferencesOf(specOf(kind), r.spec).values()].map((s) => s.fromEnv)
    })
    expect(Object.keys(acmeEnvironment('')).sort()).toEqual([...new Set(read)].sort())
  })

  it('is stricter in production', () => {
    const pin = (environment: string) =>
      example('acme', environment).resources.find((r) => r.kind === 'Tenant')?.spec.pin as { size: number }
    expect(pin('production').size).toBeGreaterThan(pin('dev').size)
  })
})

describe('acme on a new runtime', () => {
  let runtime: Awaited<ReturnType<typeof openRuntime>>
  beforeAll(async () => {
    runtime = await openRuntime()
  })
  afterAll(() => runtime.close())

  it('is applied in full, and then nothing is left to do', async () => {
    const { resources } = example('acme')
    const outcomes = await runtime.road.apply(resources)
    expect(outcomes.filter((o) => o.status !== 'done')).toEqual([])
    const after = await runtime.road.plan(resources)
    expect(after.steps.filter((s) => isPending(s) || s.action === 'blocked' || s.action === 'report')).toEqual([])
    expect(after.finalize).toEqual([])
  })
})
