import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ENGINE_TIMEOUT, Stack, VAULT } from '../../support/engine.ts'
import type { FaultProxy } from '../../support/faults.ts'

const HASH = '0123456789abcdef0123456789abcdef'
const UPDATE = 'POST /orgs/acme/navixy/panel/user/mfa/settings/update'

const surroundings = (url: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: vault}
spec: {system: SecretsVault, endpoint: '${url}', credentials: {apiKey: {fromEnv: ADMIN_KEY}}}
---
apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: navixy}
spec: {system: Navixy, endpoint: '${url}/orgs/acme/navixy', organizationRef: {name: acme}, credentials: {hash: {fromEnv: HASH}}}
---
apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: acme}
spec: {connectionRef: {name: vault}, navixyUsers: [7, 8], access: {navixy: {hash: {fromEnv: HASH}}}}
`
const assignment = (name: string, fields: string) => `apiVersion: plumbline.dev/v1alpha1
kind: MfaAssignment
metadata: {name: ${name}}
spec: {connectionRef: {name: navixy}, ${fields}}
`
const exception = assignment('a-exception', 'users: [7], type: Disallowed')

describe('settings for everyone and exceptions from them', () => {
  let stack: Stack
  let proxy: FaultProxy
  const updates = () => proxy.seen.filter((r) => `${r.method} ${r.url}` === UPDATE)

  beforeAll(async () => {
    stack = await Stack.create('order')
    stack.env = { ADMIN_KEY: await stack.adminKey(), HASH }
    proxy = await stack.proxied()
  }, ENGINE_TIMEOUT)
  beforeEach(() => proxy.clear())
  afterAll(() => stack.remove())

  it('are both written', async () => {
    await stack.documents(
      surroundings(proxy.url),
      exception,
      assignment('everyone', 'allUsers: true, type: Disallowed'),
    )
    expect(await stack.up()).toMatchObject({ code: 0 })
    expect(updates()).toHaveLength(2)
  })

  it('are both written again when the setting for everyone changes, since that has overwritten the exception', async () => {
    const everyone = assignment('everyone', 'allUsers: true, type: Allowed, factorTypes: [Email]')
    await stack.documents(surroundings(proxy.url), exception, everyone)
    expect(await stack.up()).toMatchObject({ code: 0, output: expect.stringMatching(/~ 2 updated/) })
    expect(updates()).toHaveLength(2)
  })

  it('are left alone when nothing changes', async () => {
    expect(await stack.up('--refresh')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/[45] unchanged/),
    })
    expect(updates()).toHaveLength(0)
  })
})

describe('a group and the people in it, in two namespaces', () => {
  const person = (namespace: string) => `apiVersion: plumbline.dev/v1alpha1
kind: User
metadata: {name: zoe, namespace: ${namespace}}
spec: {connectionRef: {name: vault}, tenantRef: {id: ${namespace}}, username: zoe, email: zoe@example.com}
`
  const group = (namespace: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Group
metadata: {name: all, namespace: ${namespace}}
spec: {connectionRef: {name: vault}, tenantRef: {id: ${namespace}}, displayName: All, membership: Managed, members: [zoe]}
`
  const namespace = (name: string) => [
    VAULT.replace('{name: vault}', `{name: vault, namespace: ${name}}`),
    group(name),
    person(name),
  ]
  let stack: Stack
  beforeAll(async () => {
    stack = await Stack.create('namespaces')
    for (const tenant_id of ['north', 'south']) await stack.call('POST', '/v1/tenants', { tenant_id })
    await stack.documents(...namespace('north'), ...namespace('south'))
  }, ENGINE_TIMEOUT)
  afterAll(() => stack.remove())

  it('are made, the people first, and nothing is left to do', async () => {
    expect(await stack.up()).toMatchObject({ code: 0, output: expect.stringMatching(/\+ 6 created/) })
    expect(await stack.run(['preview', '--refresh', '--expect-no-changes'])).toMatchObject({ code: 0 })
    for (const tenant of ['north', 'south']) {
      const { body } = await stack.call('GET', `/scim/v2/${tenant}/Groups`)
      expect(body).toMatchObject({ totalResults: 1, Resources: [{ members: [{ value: 'zoe' }] }] })
    }
  })
})
