import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SystemName } from '../../config/kind.ts'
import { addressOf, formatDiagnostic, type Resource } from '../../config/resource.ts'
import { example, openRuntime } from './project.ts'

/** Where the runtime serves the contract of each system. */
const PATHS: Readonly<Record<SystemName, string>> = {
  SecretsVault: '',
  Pigello: '/orgs/acme/pigello',
  OneWelcomeCim: '/orgs/acme/cim',
  SailPoint: '/orgs/acme/sailpoint',
  Navixy: '/orgs/acme/navixy',
}

type Runtime = Awaited<ReturnType<typeof openRuntime>>
type ConnectionSpec = Resource<{ system: SystemName; credentials: Readonly<Record<string, unknown>> }>['spec']

/**
 * The documents of a remote example, led to the runtime over loopback: the endpoint and the credentials are those of acme's
 * own connections, and what exists only in the real system (`externalRef`) is made instead of adopted.
 */
function onLoopback(resources: readonly Resource[], { baseUrl }: Runtime): readonly Resource[] {
  const acme = example('acme').resources.filter((r) => r.kind === 'Connection')
  return resources.map((resource) => {
    if (resource.kind !== 'Connection') {
      const { externalRef: _e, adoption: _a, ...spec } = resource.spec
      return { ...resource, spec }
    }
    const { system } = resource.spec as unknown as ConnectionSpec
    const own = acme.find((c) => c.spec.system === system)
    const spec = { ...resource.spec, endpoint: `${baseUrl}${PATHS[system]}`, credentials: own?.spec.credentials }
    return { ...resource, spec }
  })
}

describe.each(['secrets-vault', 'kubernetes', 'pigello', 'onewelcome-cim', 'sailpoint', 'navixy'])(
  'example %s',
  (name) => {
    let runtime: Runtime
    beforeAll(async () => {
      runtime = await openRuntime()
      const organization = example('acme').resources.filter((r) =>
        ['Organization/acme', 'Connection/runtime'].includes(addressOf(r)),
      )
      await runtime.road.apply(organization)
      runtime.road.ledger.entries.clear()
    })
    afterAll(() => runtime.close())

    it('has no mistake', () => {
      expect(example(name).diagnostics.map(formatDiagnostic)).toEqual([])
    })

    it('is applied over HTTP, and then nothing is left to do', async () => {
      const documents = onLoopback(example(name).resources, runtime)
      const outcomes = await runtime.road.apply(documents)
      expect(outcomes.filter((o) => o.status !== 'done')).toEqual([])
      const after = await runtime.road.plan(documents)
      expect(after.steps.filter((s) => s.action !== 'none')).toEqual([])
    })
  },
)
