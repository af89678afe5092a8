import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Project, RUNTIME, tenant } from './project.ts'
import { liveService } from './services.ts'

const FAR = `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: far}
spec: {system: SecretsVault, endpoint: "https://far.example", credentials: {apiKey: {fromEnv: FAR_KEY}}}
`
const SHOP = `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: shop}
spec: {connectionRef: {name: far}, displayName: Shop}
`

describe('impact', () => {
  it('counts the users of the store at hand, and says of others that they are unknown', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 6))
    await project.run('apply', '--yes')
    await project.documents(RUNTIME, FAR, tenant('web', 6), SHOP)
    const { code, stdout } = await project.run('impact')
    expect(stdout).toContain('web: 0 users, nothing changes for them')
    expect(stdout).toContain('shop: unknown; environment variable FAR_KEY is not set')
    expect(code).toBe(0)
  })

  it('asks a service that runs elsewhere', async () => {
    const service = await liveService()
    const remote = FAR.replace('https://far.example', service.url)
    const project = await Project.create(remote, SHOP)
    const env = { FAR_KEY: service.key }
    expect((await project.runWith(env, 'apply', '--yes')).code).toBe(0)
    const jane = { user_id: 'jane', username: 'jane', email: 'jane@example.com', tenant_id: 'shop' }
    expect((await service.call('POST', '/v1/tenants/shop/users', jane)).status).toBe(201)
    expect((await project.runWith(env, 'impact')).stdout).toBe('shop: 1 user, nothing changes for them\n')
  })

  it('makes no store where there is none', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 6))
    const { code, stdout } = await project.run('impact')
    expect(stdout).toMatch(/^web: unknown; \S+ holds no data of the service; the first apply makes it\n$/)
    expect(code).toBe(0)
    expect(existsSync(join(project.folder, '.plumbline'))).toBe(false)
  })

  it('takes a store that was named and holds nothing for a mistake', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 6))
    const { code, stderr } = await project.run('impact', '--store', 'nowhere')
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is no master.key')])
  })
})
