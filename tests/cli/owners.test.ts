import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Project, RUNTIME, tenant } from './project.ts'

/** A second inventory on the same system: the first one is lost, or is on another machine. */
const withoutMemory = async (...documents: readonly string[]): Promise<Project> => {
  const project = await Project.create(RUNTIME, ...documents)
  await project.run('apply', '--yes')
  for (const end of ['', '-wal', '-shm'])
    await rm(join(project.folder, `.plumbline/inventory.db${end}`), { force: true })
  return project
}

describe('what another owner manages', () => {
  it('is named, and neither touched nor called in sync', async () => {
    const project = await withoutMemory(tenant('web', 8))
    await project.documents(RUNTIME, tenant('web', 6))
    const { code, stdout } = await project.run('plan')
    expect(code).toBe(1)
    expect(stdout).toMatch(/! Tenant\/web {2}blocked: inventory:[0-9a-f-]{36} \(.*Tenant\/web\) manages it/)
    expect(stdout).toContain('plumbline apply --take-over inventory:')
    expect((await project.run('apply', '--yes')).code).toBe(1)
    expect((await project.call('GET', '/v1/tenants/web')).body.pin_size).toBe(8)
  })

  it('is taken over when that is said, and is ours from then on', async () => {
    const project = await withoutMemory(tenant('web', 8))
    await project.documents(RUNTIME, tenant('web', 6))
    expect((await project.run('apply', '--yes', '--take-over', 'inventory:nobody')).code).toBe(1)
    expect((await project.run('apply', '--yes', '--take-over')).code).toBe(0)
    expect((await project.run('plan')).stdout).toBe('Plan: 1 unchanged.\n')
    expect((await project.call('GET', '/v1/tenants/web')).body.pin_size).toBe(6)
  })

  it('may be watched', async () => {
    const project = await withoutMemory(tenant('web', 8))
    await project.documents(RUNTIME, `${tenant('web', 6)}  management: Observe\n`)
    expect((await project.run('plan')).stdout).toContain('? Tenant/web  report')
  })
})
