import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ENGINE_TIMEOUT, Stack } from '../../support/engine.ts'
import type { FaultProxy } from '../../support/faults.ts'

const CREDENTIALS = '{username: {fromEnv: CIM_USERNAME}, password: {fromEnv: CIM_PASSWORD}}'
const RELOAD = 'POST /orgs/acme/cim/api/config/extension/reload'

const surroundings = (url: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: vault}
spec: {system: SecretsVault, endpoint: '${url}', credentials: {apiKey: {fromEnv: ADMIN_KEY}}}
---
apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: cim}
spec: {system: OneWelcomeCim, endpoint: '${url}/orgs/acme/cim', organizationRef: {name: acme}, credentials: ${CREDENTIALS}}
---
apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: acme}
spec: {connectionRef: {name: vault}, access: {cim: ${CREDENTIALS}}}
`
const texts = (locale: string, welcome: string, more = '') => `apiVersion: plumbline.dev/v1alpha1
kind: CimCustomMessages
metadata: {name: texts-${locale.toLowerCase().replace('_', '-')}}
spec: {connectionRef: {name: cim}, locale: ${locale}, messages: {welcome: ${welcome}}${more}}
`

describe('the reload that makes new texts of OneWelcome CIM live', () => {
  let stack: Stack
  let proxy: FaultProxy

  const writes = (): readonly string[] =>
    proxy.seen.filter((r) => r.method !== 'GET').map((r) => `${r.method} ${r.url.split('?')[0]}`)

  beforeAll(async () => {
    stack = await Stack.create('finalizer')
    stack.env = { ADMIN_KEY: await stack.adminKey(), CIM_USERNAME: 'plumbline', CIM_PASSWORD: 'a password for tests' }
    proxy = await stack.proxied()
  }, ENGINE_TIMEOUT)
  beforeEach(() => proxy.clear())
  afterAll(() => stack.remove())

  it('comes once, after all texts', async () => {
    await stack.documents(surroundings(proxy.url), texts('nl_NL', 'Welkom'), texts('de_DE', 'Willkommen'))
    expect(await stack.up()).toMatchObject({ code: 0 })
    expect(writes().at(-1)).toBe(RELOAD)
    expect(writes().filter((call) => call === RELOAD)).toHaveLength(1)
  })

  it('is tried again at the next run when it has failed, although no text differs any more', async () => {
    proxy.inject({ kind: 'answer', status: 403, body: '{}' }, { matches: (r) => `${r.method} ${r.url}` === RELOAD })
    await stack.documents(surroundings(proxy.url), texts('nl_NL', 'Hallo'), texts('de_DE', 'Willkommen'))
    expect(await stack.up()).not.toMatchObject({ code: 0 })
    proxy.clear()
    expect(await stack.up()).toMatchObject({ code: 0 })
    expect(writes()).toEqual([RELOAD])
  })

  it('follows the deletion of a text', async () => {
    const deleted = texts('de_DE', 'Willkommen', ', deletionPolicy: Delete')
    await stack.guards('{allow: [delete], maxDeleteShare: 0.5}')
    await stack.documents(surroundings(proxy.url), texts('nl_NL', 'Hallo'), deleted)
    await stack.up()
    proxy.clear()
    await stack.documents(surroundings(proxy.url), texts('nl_NL', 'Hallo'))
    expect(await stack.up()).toMatchObject({ code: 0, output: expect.stringMatching(/- 1 deleted/) })
    expect(writes().at(-1)).toBe(RELOAD)
  })
})
