import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ENGINE_TIMEOUT, Stack, VAULT } from '../../support/engine.ts'
import { createAll, openVerbs } from '../../support/verbs.ts'

/** Made by `pulumi stack export --show-secrets` with the release before stacks had an owner of their own. */
const RECORDED = fileURLToPath(new URL('./samples/small-stack.json', import.meta.url))
const FORMER_OWNER = 'pulumi:organization/plumbline/recorded'

const SECRETS = {
  CIM_USERNAME: 'plumbline',
  CIM_PASSWORD: 'a password for tests',
  CLIENT_SECRET: 'a secret for tests that is long enough',
}
const CREDENTIALS = '{username: {fromEnv: CIM_USERNAME}, password: {fromEnv: CIM_PASSWORD}}'
const text = (kind: string, name: string, spec: string) => `apiVersion: plumbline.dev/v1alpha1
kind: ${kind}
metadata: {name: ${name}}
spec: {${spec}}
`
const ENDPOINT = `system: OneWelcomeCim, endpoint: embedded, organizationRef: {name: corp}, credentials: ${CREDENTIALS}`
const surroundings = [
  VAULT,
  text('Connection', 'cim', ENDPOINT),
  text(
    'Organization',
    'corp',
    `connectionRef: {name: vault}, displayName: Corp, deletionPolicy: Delete, access: {cim: ${CREDENTIALS}}`,
  ),
  text('CimCustomMessages', 'texts', 'connectionRef: {name: cim}, locale: nl_NL, messages: {welcome: Welkom}'),
]
const tenant = (name: string, size: number) =>
  text('Tenant', name, `connectionRef: {name: vault}, tenantId: corp-web, displayName: Corp, pin: {size: ${size}}`)
const client = (name: string, tenantName: string) =>
  text(
    'Client',
    name,
    `connectionRef: {name: vault}, tenantRef: {name: ${tenantName}}, clientId: portal, displayName: Portal, type: Confidential, clientSecret: {fromEnv: CLIENT_SECRET}`,
  )
/** As they were when the sample was recorded. */
const recorded = [
  ...surroundings,
  tenant('corp-web', 6).replace('tenantId: corp-web, ', ''),
  client('portal', 'corp-web').replace('clientId: portal, ', ''),
]

describe('a state of the release before stacks had an owner of their own', () => {
  let stack: Stack
  const pinSize = async () => ((await stack.call('GET', '/v1/tenants/corp-web')).body as { pin_size: number }).pin_size

  beforeAll(async () => {
    for (const [name, value] of Object.entries(SECRETS)) vi.stubEnv(name, value)
    stack = await Stack.create('recorded')
    stack.env = { ...SECRETS }
    await stack.adminKey()
    await stack.documents(...recorded)
    await createAll(await openVerbs(`${stack.folder}/project`), FORMER_OWNER)
    await stack.importRecorded(RECORDED)
  }, ENGINE_TIMEOUT)
  afterAll(async () => {
    vi.unstubAllEnvs()
    await stack.remove()
  })

  it('has nothing to change but the owner that it gets', async () => {
    const ran = await stack.preview()
    expect(ran).toMatchObject({ code: 0, output: expect.stringMatching(/\+ 1 to create/) })
    expect(ran.output).not.toMatch(/to (update|delete|replace)/)
    expect(ran.output).toMatch(/plumbline:Owner/)
  })

  it('keeps its objects after the stack was renamed, in another backend, under other names of documents', async () => {
    await stack.rename('renamed')
    await stack.moveToBackend('elsewhere')
    await stack.documents(...surroundings, tenant('web', 5), client('gate', 'web'))
    const ran = await stack.up('--refresh')
    expect(ran).toMatchObject({ code: 0, output: expect.stringMatching(/\+ 1 created/) })
    expect(ran.output).toMatch(/Tenant\/web: moved from Tenant\/corp-web/)
    expect(ran.output).toMatch(/~ 2 updated/)
    expect(await pinSize()).toBe(5)
    expect(await stack.run(['preview', '--refresh', '--expect-no-changes'])).toMatchObject({ code: 0 })
  })

  it('is another owner than a stack of the same name in another backend, which does nothing and says why', async () => {
    await stack.useBackend('another')
    await stack.documents(VAULT, tenant('web', 4))
    const ran = await stack.up()
    expect(ran.code).not.toBe(0)
    expect(ran.output).toMatch(
      /error: Tenant\/web: pulumi:\S+ \(Tenant\/web of organization\/plumbline\/renamed\) manages it, so nothing was done/,
    )
    expect(ran.output).toMatch(/plumbline:takeOver/)
    expect(await pinSize()).toBe(5)
    expect(await stack.run(['preview', '--expect-no-changes'])).not.toMatchObject({ code: 0 })
  })
})
