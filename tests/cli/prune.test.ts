import { describe, expect, it } from 'vitest'
import { ORGANIZATION, Project, RUNTIME, tenant } from './project.ts'

const withoutTenant = async (): Promise<Project> => {
  const project = await Project.create(RUNTIME, tenant('web', 8), tenant('app', 8))
  await project.run('apply', '--yes')
  await project.documents(RUNTIME, tenant('web', 8))
  return project
}

const gone = ORGANIZATION.replace('spec:\n', 'spec:\n  deletionPolicy: Delete\n')

describe('objects without a document', () => {
  it('are left alone unless pruning is asked for', async () => {
    const project = await withoutTenant()
    const { code, stdout } = await project.run('plan')
    expect(code).toBe(0)
    expect(stdout).toContain('? Tenant/app  has no document (--prune)')
  })

  it('are forgotten and stay in the system when their policy is Retain', async () => {
    const project = await withoutTenant()
    expect((await project.run('apply', '--prune', '--yes')).stdout).toContain('✓ Tenant/app  forgotten')
    expect((await project.call('GET', '/v1/tenants/app')).status).toBe(200)
    expect((await project.run('plan', '--prune')).stdout).toBe('Plan: 1 unchanged.\n')
  })

  it('are deleted only where --allow delete says so, and within the allowed share', async () => {
    const project = await Project.create(RUNTIME, ...['a', 'b', 'c', 'd'].map((name) => tenant(name, 8)), gone)
    await project.run('apply', '--yes')
    await project.documents(RUNTIME, ...['a', 'b', 'c', 'd'].map((name) => tenant(name, 8)))
    const refused = await project.run('apply', '--prune', '--yes')
    expect(refused.code).toBe(1)
    expect((await project.call('GET', '/v1/organizations/acme')).status).toBe(200)
    expect((await project.run('apply', '--prune', '--allow', 'delete', '--yes')).code).toBe(0)
    expect((await project.call('GET', '/v1/organizations/acme')).status).toBe(404)
  })

  it('never all go because the documents are missing', async () => {
    const project = await withoutTenant()
    await project.documents(RUNTIME)
    const { code, stdout } = await project.run('plan', '--prune')
    expect(code).toBe(1)
    expect(stdout).toContain('allow `empty` if that is meant')
  })
})
