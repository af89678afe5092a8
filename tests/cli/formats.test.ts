import { describe, expect, it } from 'vitest'
import { Project, RUNTIME, tenant } from './project.ts'

describe('formats', () => {
  it('json is the plan itself and nothing else', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    const plan = JSON.parse((await project.run('plan', '--format', 'json')).stdout)
    expect(plan.steps).toMatchObject([{ action: 'create', address: 'Tenant/web' }])
    expect(plan.digest).toMatch(/^[0-9a-f]{64}$/)
  })

  it('json is one value also when the command fails', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 99))
    const mistakes = await project.run('plan', '--format', 'json')
    expect(JSON.parse(mistakes.stdout)).toMatchObject({
      error: { code: 'INVALID_DOCUMENT' },
      diagnostics: [{ pointer: '/spec/pin/size' }],
    })
    const unknown = await project.run('export', '--connection', 'nowhere', '--format', 'json')
    expect(JSON.parse(unknown.stdout)).toMatchObject({
      error: { code: expect.any(String), message: expect.any(String) },
    })
  })

  it('markdown is a table per document', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    const { stdout } = await project.run('plan', '--format', 'markdown')
    expect(stdout).toContain('### + `Tenant/web` create')
    expect(stdout).toContain('| `/pin/size` | `(absent)` | `8` |')
  })

  it('text has no colours away from a terminal, and colours when they are forced', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    expect((await project.run('plan')).stdout).not.toContain('\u001b')
    const forced = await project.runWith({ NO_COLOR: undefined, FORCE_COLOR: '1' }, 'plan')
    expect(forced.stdout).toContain('\u001b[32m+')
  })

  it('--quiet leaves the result and drops the remarks', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    expect(await project.run('validate', '--quiet')).toEqual({
      code: 0,
      stdout: '2 documents valid.\n',
      stderr: '',
    })
    const { stderr } = await project.run('plan', '--quiet')
    expect(stderr).toBe('')
  })

  it('control characters of a system cannot steer the terminal', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    await project.run('apply', '--yes')
    const { body } = await project.call('GET', '/v1/tenants/web')
    const { is_2fa: _, ...writable } = body
    await project.call('PUT', '/v1/tenants/web', { ...writable, display_name: 'a\u001b[2Jb\u009bc' })
    const { stdout } = await project.run('drift')
    expect(stdout).toContain('/displayName  "a\\u001b[2Jb\\u009bc" → "web"')
  })
})
