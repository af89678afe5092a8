import { readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Review } from '../../review/model.ts'
import { outputOf } from './output.ts'
import { CIM, ORGANIZATION, type Project, RUNTIME } from './project.ts'
import { branched, committed, SERVICE, THIEF, webTenant } from './reviewed.ts'
import { liveService } from './services.ts'

const features = (loginEnabled: boolean): string => `apiVersion: plumbline.dev/v1alpha1
kind: CimFeatures
metadata: {name: features}
spec: {connectionRef: {name: cim}, loginEnabled: ${loginEnabled}}
`
const JANE = { user_id: 'jane', username: 'jane', email: 'jane@example.com', tenant_id: 'web' }
const embedded = (project: Project) => {
  const call = (method: string, path: string, body?: unknown) => project.call(method, path, body)
  return { runtime: RUNTIME, cim: CIM, env: {}, call }
}
const elsewhere = async () => {
  const { url, key, call } = await liveService()
  const runtime = RUNTIME.replace('embedded', url).replace(
    /credentials:.*/,
    'credentials: {apiKey: {fromEnv: FAR_KEY}}',
  )
  const cim = CIM.replace('endpoint: embedded', `endpoint: "${url}/orgs/acme/cim"`)
  return { runtime, cim, env: { FAR_KEY: key }, call }
}
const review = (stdout: string): Review => outputOf('review', stdout) as Review

describe('review --live', () => {
  it('shows the plan beside what the documents say, and saves it for apply', async () => {
    const project = await branched(RUNTIME, ORGANIZATION, webTenant(6))
    expect((await project.run('apply', '--yes')).code).toBe(0)
    await project.documents(RUNTIME, ORGANIZATION, webTenant(8))
    await committed(project)
    const live = ['review', '--base', 'main', '--live', '--out', 'plans'] as const
    const { code, stdout } = await project.run(...live)
    expect(code).toBe(0)
    expect(stdout).toContain('web: people choose PINs of 8 digits instead of 6')
    expect(stdout).toContain('Plan: 1 to update, 1 unchanged.')
    expect(await readdir(join(project.folder, 'plans'))).toEqual(['project.plan'])
    expect((await project.run('apply', 'plans/project.plan')).stdout).toContain('Applied: 1 done.')
    const after = review((await project.run(...live, '--format', 'json')).stdout)
    expect(after.environments[0]?.live).toMatchObject({ plan: { steps: [{ action: 'none' }, { action: 'none' }] } })
  })

  it.each([['that is embedded'], ['that runs elsewhere']])(
    'counts whom the change concerns at a service %s',
    async (where) => {
      const project = await branched()
      const { runtime, cim, env, call } = where === 'that is embedded' ? embedded(project) : await elsewhere()
      const run = (...args: readonly string[]) => project.runWith(env, ...args)
      const documents = (tenant: string, loginEnabled: boolean) =>
        project.documents(runtime, cim, tenant, features(loginEnabled))
      await documents(webTenant(6), true)
      await committed(project)
      await project.git('branch', '-f', 'main')
      expect((await run('apply', '--yes')).code).toBe(0)
      await call('POST', '/v1/tenants/web/users', JANE)
      const password = { password: 'correct horse battery staple' }
      expect(await call('PUT', '/v1/tenants/web/users/jane/password', password)).toMatchObject({ status: 204 })
      const live = ['review', '--base', 'main', '--live'] as const
      await documents(webTenant(6, '  twoFactor: true\n  passkeys: true\n'), true)
      expect((await run(...live)).stdout).toContain('~ web: 1 user has to set up a passkey')
      await documents(webTenant(6), false)
      const { code, stdout } = await run(...live, '--format', 'json')
      const { verdict, environments } = review(stdout)
      expect([code, verdict]).toEqual([1, 'locks out'])
      expect(environments[0]?.lockouts).toContainEqual({
        tenant: 'web',
        text: '1 user of today can no longer sign in',
        causes: [expect.objectContaining({ address: 'CimFeatures/features', pointer: '/loginEnabled' })],
      })
    },
  )

  it('follows no new Connection and reads no new secret', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(JSON.stringify(request.headers))
      response.end('{}')
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    const project = await branched(RUNTIME, ORGANIZATION, webTenant(6))
    const thief = THIEF.replace(':9', `:${port}`).replace('AWS_SECRET_ACCESS_KEY', 'SAILPOINT_CLIENT_SECRET')
    const tenant = webTenant(6)
      .replaceAll('web', 'there')
      .replace('runtime', 'thief')
      .replace(/.*organizationRef.*\n/, '')
    await project.documents(RUNTIME, ORGANIZATION, webTenant(6), thief, tenant)
    const { stdout } = await project.run('review', '--base', 'main', '--live', '--out', 'plans', '--format', 'json')
    expect(asked).toEqual([])
    const { live, reach } = review(stdout).environments[0] ?? {}
    expect(reach?.map(({ text }) => text)).toContain(`a new Connection: http://127.0.0.1:${port}`)
    const steps = live !== undefined && 'plan' in live ? live.plan.steps : []
    expect(steps.find(({ address }) => address === 'Tenant/there')).toMatchObject({
      action: 'blocked',
      code: 'REFUSED',
    })
    expect(await readdir(join(project.folder, 'plans'))).toEqual([])
  })

  it('reads no secret that the base does not read, though the project file would allow it', async () => {
    const project = await branched(RUNTIME, ORGANIZATION, webTenant(6))
    await project.documents(RUNTIME, ORGANIZATION.replace('SAILPOINT_CLIENT_SECRET', 'PIPELINE_KEY'), webTenant(6))
    const env = { PIPELINE_KEY: 'marked-pipeline-key' }
    const args = ['review', '--base', 'main', '--live', '--format', 'json'] as const
    const { stdout, stderr } = await project.runWith(env, ...args)
    const { live } = review(stdout).environments[0] ?? {}
    const steps = live !== undefined && 'plan' in live ? live.plan.steps : []
    expect(steps[0]).toMatchObject({ address: 'Organization/acme', action: 'blocked', code: 'REFUSED' })
    expect(steps[0]?.because).toContain('is new in this change')
    expect(stdout + stderr).not.toContain('marked-pipeline-key')
    const trusted = review((await project.runWith(env, ...args, '--trust', '.')).stdout).environments[0]?.live
    expect(trusted).toMatchObject({ plan: { steps: [{ action: 'create' }, {}] } })
  })

  it('shows a changed project file, and goes by that of the base', async () => {
    const project = await branched(RUNTIME, ORGANIZATION, webTenant(6))
    const file = 'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: test\npaths: [documents]\n'
    await project.write('plumbline.yaml', `${file}secrets: {allow: {env: ['*']}}\n`)
    const { stdout } = await project.run('review', '--base', 'main')
    expect(stdout).toContain('? a changed project file: secrets (plumbline.yaml:5); shown, not followed')
  })

  it.each([['--out', 'plans'], ['--prune'], ['--allow', 'delete']])('is needed for %s %s', async (...words) => {
    const project = await branched(SERVICE, ORGANIZATION, webTenant(6))
    const { code, stderr } = await project.run('review', '--base', 'main', ...words)
    expect(code).toBe(1)
    expect(stderr).toContain('is about the plan, which only --live makes\nAdd --live.')
  })

  it('says why there is no plan', async () => {
    const project = await branched(RUNTIME, ORGANIZATION, webTenant(6))
    await project.write('.plumbline/inventory.db', 'this is no database')
    const { code, stdout } = await project.run('review', '--base', 'main', '--live')
    expect(code).toBe(1)
    expect(stdout).toContain('There is no plan:')
  })
})
