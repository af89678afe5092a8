import { describe, expect, it } from 'vitest'
import { jane, ORGANIZATION, Project, RESET_CODES, RUNTIME, SAILPOINT, tenant } from './project.ts'

describe('export', () => {
  it('writes documents whose next plan changes nothing', async () => {
    const first = await Project.create(RUNTIME, ORGANIZATION, SAILPOINT, RESET_CODES, tenant('web', 8), jane())
    expect((await first.run('apply', '--yes')).code).toBe(0)
    const vault = await first.run('export', '--connection', 'runtime', '--quiet')
    const reset = await first.run('export', '--connection', 'sailpoint')
    expect(vault.stderr).toBe('')
    await first.documents(RUNTIME, SAILPOINT, vault.stdout, reset.stdout)
    const plan = await first.run('plan', '--inventory', 'empty.db', '--take-over')
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringMatching(/Plan: 4 to adopt\.\n$/) })
  })

  it('writes only what differs from the defaults of the server', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8), tenant('app', 6))
    await project.run('apply', '--yes')
    const { stdout } = await project.run('export', '--connection', 'runtime', '--kind', 'Tenant')
    expect(stdout).toContain('  pin:\n    size: 8\n')
    expect(stdout).not.toContain('size: 6')
    expect(stdout).not.toContain('showWhenTyping')
  })

  it('shows secrets as references to fill in, in comments', async () => {
    const project = await Project.create(RUNTIME, ORGANIZATION)
    await project.run('apply', '--yes')
    const { stdout } = await project.run('export', '--connection', 'runtime', '--kind', 'Organization')
    expect(stdout).toContain('#   access.sailpoint.clientSecret: {fromEnv: ACME_ACCESS_SAILPOINT_CLIENT_SECRET}')
  })

  it('refuses a kind that is not behind the connection', async () => {
    const project = await Project.create(RUNTIME)
    const { code, stderr } = await project.run('export', '--connection', 'runtime', '--kind', 'PasswordOrgConfig')
    expect(code).toBe(1)
    expect(stderr).toContain('PasswordOrgConfig is not behind it')
  })
})
