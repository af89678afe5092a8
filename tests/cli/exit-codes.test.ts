import { describe, expect, it } from 'vitest'
import { Project, RUNTIME, tenant } from './project.ts'

describe('exit codes', () => {
  it('plan exits with 2 while changes are pending and with 0 after apply', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    expect((await project.run('plan')).code).toBe(2)
    expect((await project.run('apply', '--yes')).code).toBe(0)
    expect(await project.run('plan')).toMatchObject({ code: 0, stdout: 'Plan: 1 unchanged.\n' })
  })

  it('drift exits with 2 and shows the field that was changed behind the documents', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    await project.run('apply', '--yes')
    expect((await project.run('drift')).code).toBe(0)
    await project.changePinSize('web', 4)
    const { code, stdout } = await project.run('drift')
    expect(code).toBe(2)
    expect(stdout).toContain('~ Tenant/web  update (drift)\n    /pin/size  4 → 8  (tightens)\n')
  })

  it('apply without a terminal and without --yes asks for --yes and does nothing', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    const { code, stderr } = await project.run('apply')
    expect(code).toBe(1)
    expect(stderr).toContain('--yes')
    expect((await project.call('GET', '/v1/tenants/web')).status).toBe(404)
  })

  it('validate exits with 1 for a mistake and with 0 for good documents', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 99))
    expect((await project.run('validate')).code).toBe(1)
    await project.documents(RUNTIME, tenant('web', 8))
    expect((await project.run('validate')).code).toBe(0)
  })

  it('a system that cannot be reached is an error, never an absence', async () => {
    const closed = RUNTIME.replace(
      'endpoint: embedded',
      'endpoint: http://127.0.0.1:9\n  rateLimit: {requestsPerSecond: 100}',
    )
    const project = await Project.create(
      closed.replace(/fromFile: \S+/, 'fromEnv: SAILPOINT_CLIENT_ID}}'),
      tenant('web', 8),
    )
    const { code, stdout } = await project.run('plan')
    expect(code).toBe(1)
    expect(stdout).toContain('! Tenant/web  blocked')
  })
})
