import { describe, expect, it } from 'vitest'
import type { Resource } from '../../config/resource.ts'
import { actions, connection, document, World } from '../support/world.ts'

const inNamespace = (namespace: string, resource: Resource): Resource => ({
  ...resource,
  metadata: { ...resource.metadata, namespace },
})
const vault = connection('vault', 'SecretsVault')
const named = (name: string, namespace?: string) => {
  const tenant = document('Tenant', name, {
    connectionRef: { name: 'vault' },
    tenantId: 'acme',
    adoption: 'CreateOnly',
    deletionPolicy: 'Delete',
  })
  return namespace === undefined ? tenant : inNamespace(namespace, tenant)
}
const pruned = { prune: true, allow: new Set(['delete'] as const), maxDeleteShare: 1 }

/** An object applied by a release that did not record where it is, nor who claims it. */
async function appliedBefore(behind: string = 'vault'): Promise<World> {
  const world = new World()
  await world.apply([vault, named('acme')])
  const { place: _, ...old } = world.ledger.entries.get('Tenant/acme') ?? expect.fail('no entry')
  const claim = old.claim && { claim: { ...old.claim, registry: behind } }
  world.ledger.entries.set('Tenant/acme', { ...old, connection: behind, ...claim })
  return world
}

describe('an entry that does not say where its object is', () => {
  it('gets its place at the next apply, and counts until then', async () => {
    const world = await appliedBefore()
    expect(actions(await world.plan([vault, named('acme')]))).toEqual(['none Tenant/acme'])
    await world.apply([vault, named('acme')])
    expect(world.ledger.entries.get('Tenant/acme')?.place).toBe('https://system.example')
  })

  it('is remembered when its Connection has moved to a namespace', async () => {
    const world = await appliedBefore()
    const now = [inNamespace('team', vault), named('acme', 'team')]
    expect(actions(await world.plan(now, pruned))).toEqual(['none Tenant/acme'])
    await world.apply(now, pruned)
    expect(world.ledger.entries.get('Tenant/acme')).toMatchObject({
      connection: 'team/vault',
      place: 'https://system.example',
      claim: { registry: 'team/vault' },
    })
    expect(world.system.writes).toEqual(['create Tenant/acme'])
  })

  it('is remembered when its document is renamed at the same time', async () => {
    const world = await appliedBefore('platform/vault')
    expect(actions(await world.plan([inNamespace('team', vault), named('acme-web', 'team')], pruned))).toEqual([
      'move Tenant/acme-web',
    ])
  })

  it('can still be deleted behind the moved Connection when its document is gone', async () => {
    const world = await appliedBefore()
    const other = inNamespace('team', document('Tenant', 'other', { connectionRef: { name: 'vault' } }))
    await world.apply([inNamespace('team', vault), other], pruned)
    expect([...world.system.objects.keys()]).toEqual(['Tenant/other'])
    expect([...world.ledger.entries.keys()]).toEqual(['Tenant/other'])
  })

  it('is not taken for the object behind a Connection of another name', async () => {
    const world = await appliedBefore('elsewhere')
    const [step] = (await world.plan([vault, named('acme')])).steps
    expect(step).toMatchObject({ action: 'blocked', because: expect.stringContaining('it exists already') })
  })

  it('is not taken for anything when two Connections have the name', async () => {
    const world = await appliedBefore('gone/vault')
    const b = inNamespace('b', document('Tenant', 'b', { connectionRef: { name: 'vault' } }))
    const documents = [inNamespace('a', vault), inNamespace('b', vault), named('acme', 'a'), b]
    const { steps } = await world.plan(documents)
    expect(steps.map((step) => step.action)).toEqual(['blocked', 'leave', 'create'])
  })
})
