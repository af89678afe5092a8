import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ORGANIZATION, Project, RESET_CODES, RUNTIME, SAILPOINT } from './project.ts'

describe('doctor', () => {
  it('says of every connection that it is reached and lets us in', async () => {
    const project = await Project.create(RUNTIME, ORGANIZATION, SAILPOINT, RESET_CODES)
    await project.run('apply', '--yes')
    const { code, stdout } = await project.run('doctor')
    expect(code).toBe(0)
    expect(stdout).toContain('ok    Connection/runtime: read Organization/acme')
    expect(stdout).toContain('ok    Connection/sailpoint: read PasswordOrgConfig/reset-codes')
  })

  it('says which credentials a system refuses', async () => {
    const project = await Project.create(RUNTIME, ORGANIZATION, SAILPOINT, RESET_CODES)
    await project.run('apply', '--yes')
    const { code, stdout } = await project.runWith({ SAILPOINT_CLIENT_SECRET: 'wrong' }, 'doctor')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^fail {2}Connection\/sailpoint: /m)
  })

  it('says which secret files others may read, and how to change that', async () => {
    const project = await Project.create(RUNTIME)
    await project.run('plan')
    await chmod(join(project.folder, '.plumbline/data/admin.key'), 0o644)
    const { code, stdout } = await project.run('doctor')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^fail {2}secret file: others may read .*admin\.key\. Run: chmod 600/m)
  })
})
