import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINE_TIMEOUT, Stack, VAULT } from '../../support/engine.ts'

const tenant = `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: west}
spec: {connectionRef: {name: vault}, displayName: West}
`
const group = (name: string, fields = '') => `apiVersion: plumbline.dev/v1alpha1
kind: Group
metadata: {name: ${name}}
spec: {connectionRef: {name: vault}, tenantRef: {name: west}, displayName: Kept${fields}}
`
const organization = (name: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: ${name}}
spec: {connectionRef: {name: vault}, displayName: ${name}}
`

describe('a refresh', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await Stack.create('refresh')
  }, ENGINE_TIMEOUT)
  afterAll(() => stack.remove())

  it('works after a document was removed, and the other documents are brought up to date', async () => {
    await stack.documents(VAULT, tenant, group('kept'))
    expect(await stack.up()).toMatchObject({ code: 0 })
    await stack.documents(VAULT, tenant.replace('West', 'West side'))
    expect(await stack.preview('--refresh')).toMatchObject({ code: 0 })
    expect(await stack.up('--refresh')).toMatchObject({ code: 0, output: expect.stringMatching(/- 1 deleted/) })
    expect(await stack.call('GET', '/v1/tenants/west')).toMatchObject({ body: { display_name: 'West side' } })
  })

  it('drops what was removed from the project and from the system', async () => {
    await stack.documents(VAULT, tenant, organization('gone'))
    expect(await stack.up()).toMatchObject({ code: 0 })
    await stack.call('DELETE', '/v1/organizations/gone')
    await stack.documents(VAULT, tenant)
    expect(await stack.refresh()).toMatchObject({ code: 0, output: expect.stringMatching(/- 1 deleted/) })
    expect((await stack.resources()).map((r) => r.type)).not.toContain('pulumi-nodejs:plumbline:Organization')
  })

  it('keeps what it cannot look at, with a warning, when the Connection has left the project, too', async () => {
    await stack.documents(VAULT, tenant, organization('there'))
    expect(await stack.up()).toMatchObject({ code: 0 })
    const before = await stack.resources()
    await stack.documents(VAULT.replace('name: vault', 'name: another'))
    const ran = await stack.refresh()
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.output).toMatch(/warning: Tenant\/west: there is no Connection vault\. It was not looked at/)
    const outputs = (await stack.resources()).map((r) => r.outputs)
    expect(outputs).toEqual(before.map((r) => r.outputs))
  })
})
