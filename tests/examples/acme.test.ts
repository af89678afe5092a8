import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { specOf } from '../../config/kind.ts'
import { KINDS, kindOf } from '../../config/kinds/index.ts'
import { valueAt } from '../../config/references.ts'
import { formatDiagnostic, type Resource } from '../../config/resource.ts'
import { secretReferencesOf } from '../../reconciler/secret-source.ts'
import { acmeEnvironment, example, openRuntime } from './project.ts'

describe('acme', () => {
  it.each(['dev', 'production'])('has no mistake in %s', (environment) => {
    expect(example('acme', environment).diagnostics.map(formatDiagnostic)).toEqual([])
  })

  // A DriftException has a last day, after which the example would be a mistake.
  it('uses every kind that has no last day; grants between namespaces are in the example kubernetes', () => {
    const used = new Set(['acme', 'kubernetes'].flatMap((name) => example(name).resources).map((r) => r.kind))
    expect(KINDS.map((k) => k.name).filter((name) => !used.has(name))).toEqual(['DriftException'])
  })

  it('lists exactly the secrets that its documents read', () => {
    const read = example('acme').resources.flatMap(environmentNames)
    expect(Object.keys(acmeEnvironment('')).sort()).toEqual([...new Set(read)].sort())
  })

  it('is stricter in production', () => {
    const pinSize = (environment: string) => {
      const tenant = example('acme', environment).resources.find((r) => r.kind === 'Tenant')
      return Number(valueAt(tenant?.spec, '/pin/size'))
    }
    expect(pinSize('production')).toBeGreaterThan(pinSize('dev'))
  })
})

function environmentNames({ kind: name, spec }: Resource): readonly (string | undefined)[] {
  const kind = kindOf(name)
  return kind === undefined ? [] : [...secretReferencesOf(specOf(kind), spec).values()].map((s) => s.fromEnv)
}

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
    expect(after.steps.filter((s) => s.action !== 'none')).toEqual([])
    expect(after.finalize).toEqual([])
  })

  it('is tightened, not rebuilt, by the production environment', async () => {
    const { steps } = await runtime.road.plan(example('acme', 'production').resources)
    const tenant = steps.find((s) => s.kind === 'Tenant')
    expect(tenant?.action).toBe('update')
    expect(tenant?.changes.map((c) => [c.path, c.impact])).toEqual([
      ['/pin/size', 'tightens'],
      ['/lockout/userAttempts', 'tightens'],
      ['/lockout/initialBlockSeconds', 'tightens'],
    ])
  })
})
