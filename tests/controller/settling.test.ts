import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS } from '../../config/kinds/connection.ts'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

const ORGANIZATION = '0b8f7c52-3e63-4e31-9a55-2f8d0b9a1c11'
const NOT_CREATED = 'plumbline.dev/not-created'

describe('a create whose answer never arrived, of an object that is found by its id only', () => {
  let world: ControllerWorld
  let cluster: Cluster
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
    cluster = await world.namespace()
    await cluster.secret('pigello', Object.fromEntries(CREDENTIALS.Pigello.map((f) => [f, `value-of-${f}`])))
    const pigello = Object.fromEntries(
      CREDENTIALS.Pigello.map((key) => [key, { fromSecret: { name: 'pigello', key } }]),
    )
    await cluster.apply('Organization', 'acme', {
      connectionRef: { name: 'runtime' },
      access: { pigello },
      id: ORGANIZATION,
    })
    await cluster.ready('Organization', 'acme')
    await cluster.apply('Connection', 'pigello', {
      system: 'Pigello',
      endpoint: 'embedded',
      organizationRef: { name: 'acme' },
      credentials: pigello,
    })
    await cluster.ready('Connection', 'pigello')
  })
  afterAll(() => world.stop())

  const creates = () => world.requests.filter((r) => r.startsWith('POST ') && r.includes('/pigello/'))
  const unsettled = () => cluster.status('SecurityConfiguration', 'acme', (s) => s.is('Stalled', 'OutcomeUnknown'))

  it('is not repeated: the condition says what a person can do', async () => {
    world.isLost = (request) => request.startsWith('POST ') && request.includes('/pigello/')
    const spec = { connectionRef: { name: 'pigello' }, organization: { id: ORGANIZATION }, customers: { bankId: true } }
    await cluster.apply('SecurityConfiguration', 'acme', spec)
    const { message } = (await unsettled()).condition('Stalled') ?? {}
    world.isLost = () => false
    expect(message).toContain(`kubectl annotate securityconfigurations acme -n ${cluster.namespace} ${NOT_CREATED}=1`)
    await cluster.reconciled('SecurityConfiguration', 'acme')
    await unsettled()
    expect(creates()).toHaveLength(1)
  })

  it('is not settled by a word about another generation', async () => {
    await cluster.annotate('SecurityConfiguration', 'acme', { [NOT_CREATED]: '7' })
    await world.until('the word is taken away', async () => {
      const { annotations } = (await cluster.find('SecurityConfiguration', 'acme'))?.metadata ?? {}
      return annotations?.[NOT_CREATED] === undefined
    })
    await unsettled()
    expect(creates()).toHaveLength(1)
  })

  it('is repeated once when a person says that it made nothing, and the word counts only once', async () => {
    await cluster.annotate('SecurityConfiguration', 'acme', { [NOT_CREATED]: '1' })
    const { object } = await cluster.ready('SecurityConfiguration', 'acme')
    expect(object.metadata.annotations?.[NOT_CREATED]).toBeUndefined()
    expect(creates()).toHaveLength(2)
  })
})
