import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRETS } from '../../controller/sessions.ts'
import { recordsIn, verifyChain } from '../../evidence/chain.ts'
import { publicKeysIn, verifierOf } from '../../evidence/keys.ts'
import { ControllerWorld, type Running } from './world.ts'

const FOREVER = new AbortController().signal
const isWrite = (request: string): boolean => !request.startsWith('GET')

describe('an object that is applied', () => {
  let world: ControllerWorld
  let controller: Running
  beforeAll(async () => {
    world = await ControllerWorld.start()
    controller = world.controller()
  })
  afterAll(() => world.stop())

  it('is made in its system and becomes Ready', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('made', { pin: { size: 7 } })
    const seen = await cluster.ready('Tenant', 'made')
    expect(seen.status).toMatchObject({ system: 'SecretsVault', externalId: 'made' })
    expect(seen.status.history).toMatchObject([{ action: 'create', generation: 1 }])
    expect((await world.call('GET', '/v1/tenants/made')).body).toMatchObject({ pin_size: 7 })
  })

  it('is brought in line when it is edited, and tells which field changed', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('edited', { pin: { size: 7 } })
    await cluster.ready('Tenant', 'edited')
    await cluster.patchSpec('Tenant', 'edited', { pin: { size: 8 } })
    const seen = await cluster.ready('Tenant', 'edited')
    expect(seen.status.history?.[0]).toMatchObject({ action: 'update', generation: 2, paths: ['/pin/size'] })
    expect((await world.call('GET', '/v1/tenants/edited')).body).toMatchObject({ pin_size: 8 })
  })

  it('that the system refuses is Stalled and says why', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('org-missing', { organizationRef: { id: 'nowhere' } })
    const seen = await cluster.status('Tenant', 'org-missing', (s) => s.is('Stalled'), 'stalled')
    expect(seen.condition('Ready')).toMatchObject({ status: 'False', reason: seen.condition('Stalled')?.reason })
    expect(seen.condition('Ready')?.message).not.toBe('')
  })

  it('leaves signed records of each write, whoever leads', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('told', { pin: { size: 7 } })
    await cluster.ready('Tenant', 'told')
    const first = controller
    await first.stop()
    const second = world.controller()
    await cluster.patchSpec('Tenant', 'told', { pin: { size: 8 } })
    const { object } = await cluster.ready('Tenant', 'told')
    // Only who has stopped adds nothing any more, about other objects either.
    await second.stop()
    controller = world.controller()
    const lines = [...new Set([...first.evidence, ...second.evidence])].map((line) => `${line}\n`).join('')
    const { data = {} } = await world.kube.admin.get(SECRETS, 'default', 'plumbline-evidence', FOREVER)
    const keys = publicKeysIn(Buffer.from(data.publicKeys ?? '', 'base64').toString(), 'the Secret')
    expect(await verifyChain(lines, await verifierOf(keys))).toMatchObject({ unended: 0, torn: false })
    const told = recordsIn(lines).filter(({ objects }) => objects[0]?.address.endsWith('/told'))
    expect(told.map(({ phase, objects: [one] }) => [phase, one?.action])).toEqual([
      ['begun', 'create'],
      ['ended', 'create'],
      ['begun', 'update'],
      ['ended', 'update'],
    ])
    expect(told.at(-1)).toMatchObject({
      command: 'controller',
      scope: expect.stringMatching(/^cluster:/),
      cause: { uid: object.metadata.uid, generation: 2 },
      objects: [
        {
          address: `Tenant/${cluster.namespace}/told`,
          fields: ['/pin/size'],
          status: 'done',
          requests: expect.arrayContaining([expect.objectContaining({ status: 200, id: expect.any(String) })]),
        },
      ],
    })
  })

  it('is only read when a new controller takes over and nothing differs', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('quiet', { pin: { size: 7 } })
    const before = await cluster.ready('Tenant', 'quiet')
    await controller.stop()
    world.requests.length = 0
    controller = world.controller()
    await cluster.tenant('probe')
    await cluster.ready('Tenant', 'probe')
    await world.until('the quiet tenant was read', () => world.requests.includes('GET /v1/tenants/quiet'))
    const writes = world.requests.filter(isWrite).filter((r) => r.includes('quiet'))
    expect(writes).toEqual([])
    expect((await cluster.find('Tenant', 'quiet'))?.metadata.resourceVersion).toBe(
      before.object.metadata.resourceVersion,
    )
  })
})
