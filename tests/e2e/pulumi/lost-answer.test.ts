import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS } from '../../../config/kinds/connection.ts'
import { ENGINE_TIMEOUT, Stack } from '../../support/engine.ts'
import type { FaultProxy } from '../../support/faults.ts'

const ORGANIZATION = '0b8f7c52-3e63-4e31-9a55-2f8d0b9a1c11'
const PIGELLO_ACCESS = `{${CREDENTIALS.Pigello.map((field) => `${field}: {fromEnv: PIGELLO_${field}}`).join(', ')}}`

const documents = (url: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: vault}
spec: {system: SecretsVault, endpoint: '${url}', credentials: {apiKey: {fromEnv: ADMIN_KEY}}}
---
apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: pigello}
spec: {system: Pigello, endpoint: '${url}/orgs/acme/pigello', organizationRef: {name: acme}, credentials: ${PIGELLO_ACCESS}}
---
apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: acme}
spec: {connectionRef: {name: vault}, id: ${ORGANIZATION}, access: {pigello: ${PIGELLO_ACCESS}}}
`
const configuration = (more = '') => `apiVersion: plumbline.dev/v1alpha1
kind: SecurityConfiguration
metadata: {name: acme-security}
spec: {connectionRef: {name: pigello}, organization: {id: ${ORGANIZATION}}, customers: {bankId: true}${more}}
`

describe('a create whose answer nobody can read, of an object that only its id finds again', () => {
  let stack: Stack
  let proxy: FaultProxy
  let created: string

  const isCreate = ({ method, url }: { readonly method: string; readonly url: string }): boolean =>
    method === 'POST' && url.includes('securityconfiguration')
  const posts = (): number => proxy.seen.filter(isCreate).length

  beforeAll(async () => {
    stack = await Stack.create('lost')
    const secrets = Object.fromEntries(CREDENTIALS.Pigello.map((field) => [`PIGELLO_${field}`, `value of ${field}`]))
    stack.env = { ADMIN_KEY: await stack.adminKey(), ...secrets }
    proxy = await stack.proxied()
    await stack.documents(documents(proxy.url))
    await stack.up()
    await stack.documents(documents(proxy.url), configuration())
  }, ENGINE_TIMEOUT)
  afterAll(() => stack.remove())

  it('is reported, and kept in the state as begun', async () => {
    const garble = (body: unknown): unknown => {
      created = (body as { id: string }).id
      return 'not what the contract says'
    }
    proxy.inject({ kind: 'alter', change: garble }, { matches: isCreate, times: 1 })
    expect(await stack.up()).toMatchObject({ code: 1 })
    expect((await stack.resources()).map((r) => r.type)).toContain('pulumi-nodejs:plumbline:SecurityConfiguration')
  })

  it('is not sent again: the next run says what a person has to find out', async () => {
    const ran = await stack.up()
    expect(ran).toMatchObject({
      code: 1,
      output: expect.stringMatching(/set externalRef\.id of SecurityConfiguration/),
    })
    expect(posts()).toBe(1)
  })

  it('goes on with the object once its id is named', async () => {
    await stack.documents(documents(proxy.url), configuration(`, externalRef: {id: ${created}}`))
    expect(await stack.up()).toMatchObject({ code: 0 })
    expect(posts()).toBe(1)
  })
})
