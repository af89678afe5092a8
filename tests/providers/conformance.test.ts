import { afterAll, beforeAll } from 'vitest'
import { adapterConformance } from '../conformance/adapter.ts'
import { CASES } from './cases.ts'
import { openWorld, type World } from './world.ts'

let world: World
let opened = 0

/** Kinds whose keys are unique in the whole runtime. */
const SHARED: ReadonlySet<string> = new Set(['Organization', 'Tenant'])

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

adapterConformance(CASES, {
  planted: () => world.planted,
  async open(kind) {
    const adapter = world.adapter(kind.name, await world.organization())
    if (SHARED.has(kind.name)) return { adapter, suffix: `-${++opened}` }
    return kind.scope === 'tenant' ? { adapter, tenant: await world.tenant() } : { adapter }
  },
})
