import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINE_TIMEOUT, Stack } from '../../support/engine.ts'
import type { FaultProxy } from '../../support/faults.ts'

const NAMES = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth']

const connection = (url: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: vault}
spec: {system: SecretsVault, endpoint: '${url}', credentials: {apiKey: {fromEnv: ADMIN_KEY}}}
`
const organization = (name: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: ${name}}
spec: {connectionRef: {name: vault}, displayName: ${name}}
`

const isCreate = ({ method, url }: { readonly method: string; readonly url: string }): boolean =>
  method === 'POST' && url === '/v1/organizations'

describe('pulumi up that is killed after a write, before it has heard of it', () => {
  let stack: Stack
  let proxy: FaultProxy

  beforeAll(async () => {
    stack = await Stack.create('killed')
    stack.env = { ADMIN_KEY: await stack.adminKey() }
    proxy = await stack.proxied()
    await stack.documents(connection(proxy.url), ...NAMES.map(organization))
    const run = stack.start(['up', '--yes', '--skip-preview', '--parallel', '2'])
    let posts = 0
    const killed = (body: unknown): unknown => {
      run.kill()
      return body
    }
    proxy.inject({ kind: 'alter', change: killed }, { matches: (r) => isCreate(r) && ++posts === 3, times: 1 })
    await run.ended
    await stack.run(['cancel', '--yes', 'killed'])
  }, ENGINE_TIMEOUT)

  afterAll(() => stack.remove())

  it('leaves objects in the system that its state does not know', async () => {
    const created = proxy.seen.filter(isCreate).length
    expect(created).toBeGreaterThan((await stack.resources()).length)
  })

  it('adopts them at the next run and creates the rest, each of them once', async () => {
    expect(await stack.up()).toMatchObject({ code: 0 })
    const names = proxy.seen
      .filter(isCreate)
      .map((r) => (JSON.parse(r.body) as { organization_id: string }).organization_id)
    expect(names.toSorted()).toEqual(NAMES.toSorted())
    expect(await stack.resources()).toHaveLength(NAMES.length)
  })

  it('has converged then', async () => {
    expect(await stack.run(['preview', '--refresh', '--expect-no-changes'])).toMatchObject({ code: 0 })
  })
})
