import { describe, expect, it } from 'vitest'
import { ORGANIZATION, Project, RUNTIME, tenant } from './project.ts'

const inAcme = (name: string, size: number): string =>
  tenant(name, size).replace('  displayName', '  organizationRef: {name: acme}\n  displayName')

describe('--target', () => {
  it('brings about one document and what it needs, and leaves the rest', async () => {
    const project = await Project.create(RUNTIME, ORGANIZATION, inAcme('web', 4), tenant('app', 4))
    const { code, stdout, stderr } = await project.run('apply', '--yes', '--target', 'Tenant/web')
    expect(code).toBe(0)
    expect(stdout).toContain('✓ Organization/acme  created\n✓ Tenant/web  created')
    expect(stdout).not.toContain('Tenant/app')
    expect(stderr).toContain('--target leaves 1 document out.')
    expect((await project.run('plan')).stdout).toContain('Plan: 1 to create, 2 unchanged.')
  })

  it('is kept in a saved plan', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 4), tenant('app', 4))
    await project.run('plan', '--target', 'Tenant/web', '--out', 'web.plan')
    expect((await project.run('apply', 'web.plan')).stdout).toContain('Applied: 1 done.')
  })

  it('that the plan does not hold is a mistake', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 4))
    const { code, stderr } = await project.run('plan', '--target', 'Tenant/wed')
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('did you mean Tenant/web?') })
  })
})

describe('destroy', () => {
  const deletable = ORGANIZATION.replace('spec:\n', 'spec:\n  deletionPolicy: Delete\n')

  it('ends what the project manages, names what is kept, and has then nothing to do', async () => {
    const project = await Project.create(RUNTIME, deletable, tenant('web', 8))
    await project.run('apply', '--yes')
    const { code, stdout, stderr } = await project.run('destroy', '--allow', 'delete', '--yes')
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ Organization/acme  deleted') })
    expect(stderr).toContain('Kept in their systems, and no longer managed: Tenant/web.')
    expect((await project.call('GET', '/v1/organizations/acme')).status).toBe(404)
    expect((await project.call('GET', '/v1/tenants/web')).status).toBe(200)
    expect(await project.run('destroy', '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing to do'),
    })
  })

  it('deletes nothing without --allow delete, and nothing at all without a yes', async () => {
    const project = await Project.create(RUNTIME, deletable)
    await project.run('apply', '--yes')
    expect((await project.run('destroy', '--yes')).code).toBe(1)
    expect((await project.run('destroy', '--allow', 'delete')).code).toBe(1)
    expect((await project.call('GET', '/v1/organizations/acme')).status).toBe(200)
  })

  it('of a target takes nothing else', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8), tenant('app', 8))
    await project.run('apply', '--yes')
    await project.run('destroy', '--target', 'Tenant/web', '--yes')
    expect((await project.run('plan')).stdout).toContain('Plan: 1 to adopt, 1 unchanged.')
  })
})
