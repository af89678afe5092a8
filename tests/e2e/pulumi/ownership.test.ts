import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from '../../controller/cluster.ts'
import { ControllerWorld } from '../../controller/world.ts'
import { ENGINE_TIMEOUT, Stack, VAULT } from '../../support/engine.ts'

const STACK = 'Tenant/shared of organization/plumbline/both'

const tenant = (fields: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: shared}
spec: {connectionRef: {name: vault}, ${fields}}
`

describe('one tenant in a Pulumi stack and in a cluster, on one runtime', () => {
  let stack: Stack
  let world: ControllerWorld
  let cluster: Cluster
  beforeAll(async () => {
    stack = await Stack.create('both')
    await stack.adminKey()
    world = await ControllerWorld.start(join(stack.folder, 'project/.plumbline/data'))
    world.controller()
    cluster = await world.namespace()
  }, ENGINE_TIMEOUT)
  afterAll(async () => {
    await world.stop()
    await stack.remove()
  })

  const nameOf = async () => (await world.call('GET', '/v1/tenants/shared')).body.display_name

  it('is held by the stack that was there first; the cluster watches it and says why', async () => {
    await stack.documents(VAULT, tenant('displayName: By the stack'))
    expect(await stack.up()).toMatchObject({ code: 0 })
    await cluster.tenant('shared', { displayName: 'By the cluster' })
    const seen = await cluster.status('Tenant', 'shared', (s) => s.condition('Synced')?.reason === 'OwnedBy')
    expect(seen.condition('Synced')?.message).toContain(STACK)
    expect(await nameOf()).toBe('By the stack')
  })

  it('goes to the cluster when the stack is told to observe it only', async () => {
    await stack.documents(VAULT, tenant('displayName: By the stack, management: Observe'))
    expect(await stack.up()).toMatchObject({ code: 0 })
    await cluster.reconciled('Tenant', 'shared')
    await cluster.status('Tenant', 'shared', (s) => s.is('Synced'), 'in sync')
    expect(await nameOf()).toBe('By the cluster')
  })

  it('is then left alone by the stack, which fails and says how to take it over', async () => {
    await stack.documents(VAULT, tenant('displayName: By the stack'))
    const ran = await stack.up()
    expect(ran.code).not.toBe(0)
    expect(ran.output).toMatch(
      /error: Tenant\/shared: cluster:\S+ \(Tenant \S+\/shared\) manages it, so nothing was done/,
    )
    expect(ran.output).toMatch(/plumbline:takeOver/)
    expect(await nameOf()).toBe('By the cluster')
    expect(await stack.run(['preview', '--expect-no-changes'])).not.toMatchObject({ code: 0 })
  })

  it('stays where it is when the stack that only watches it goes', async () => {
    expect(await stack.run(['destroy', '--yes', '--skip-preview'])).toMatchObject({ code: 0 })
    await cluster.reconciled('Tenant', 'shared')
    expect((await cluster.status('Tenant', 'shared', (s) => s.is('Synced'))).status.externalId).toBe('shared')
  })
})
