import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ORGANIZATION, Project, portal, RESET_CODES, RUNTIME, SAILPOINT, SECRETS } from './project.ts'

async function everythingWritten(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((e) => e.isFile()).map((e) => resolve(e.parentPath, e.name))
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
}

describe('secrets', () => {
  it('are in no output and in no file, whatever is done and in whatever format', async () => {
    const project = await Project.create(RUNTIME, ORGANIZATION, SAILPOINT, RESET_CODES)
    const runs = [
      await project.run('plan', '--out', 'change.plan'),
      await project.run('apply', 'change.plan'),
      await project.runWith({ SAILPOINT_CLIENT_SECRET: 'marked-other-55aa' }, 'plan', '--format', 'json'),
      await project.runWith({ SAILPOINT_CLIENT_SECRET: 'marked-other-55aa', PLUMBLINE_DEBUG: '1' }, 'apply', '--yes'),
      await project.run('drift', '--format', 'markdown'),
      await project.run('export', '--connection', 'runtime'),
      await project.run('doctor'),
    ]
    expect(runs.map((r) => r.code)).not.toContain(null)
    expect(runs[1]?.stdout).toContain('Applied: 2 done.')
    const written = [...runs.map((r) => r.stdout + r.stderr), await everythingWritten(project.folder)].join('\n')
    for (const secret of [...Object.values(SECRETS), 'marked-other-55aa']) expect(written).not.toContain(secret)
  })

  it('that changed show as changed, without their values', async () => {
    const project = await Project.create(RUNTIME, ORGANIZATION)
    await project.run('apply', '--yes')
    const { code, stdout } = await project.runWith({ SAILPOINT_CLIENT_SECRET: 'marked-other-55aa' }, 'plan')
    expect(code).toBe(2)
    expect(stdout).toContain('    /access/sailpoint/clientSecret  (secret)\n')
  })

  it('that are not there are an error that names them', async () => {
    const project = await Project.create(RUNTIME, ORGANIZATION)
    const { code, stdout } = await project.runWith({ SAILPOINT_CLIENT_SECRET: undefined }, 'plan')
    expect(code).toBe(1)
    expect(stdout).toContain('environment variable SAILPOINT_CLIENT_SECRET is not set')
  })

  it('come from the files of the environment, and the process environment wins', async () => {
    const project = await Project.create(RUNTIME, ORGANIZATION)
    await project.write(
      'plumbline.yaml',
      'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: test\npaths: [documents]\ndefaultEnvironment: dev\nenvironments: {dev: {envFiles: [dev.env]}}\n',
    )
    await project.write('dev.env', 'SAILPOINT_CLIENT_SECRET=from-the-file\n')
    expect((await project.runWith({ SAILPOINT_CLIENT_SECRET: undefined }, 'apply', '--yes')).code).toBe(0)
    expect((await project.runWith({ SAILPOINT_CLIENT_SECRET: 'another' }, 'plan')).code).toBe(2)
    expect((await project.runWith({ SAILPOINT_CLIENT_SECRET: undefined }, 'plan')).code).toBe(0)
  })
})

describe('a value that a system shows once', () => {
  const key = (place: string): string => `apiVersion: plumbline.dev/v1alpha1
kind: ApiKey
metadata: {name: ci}
spec:
  connectionRef: {name: runtime}
  tenantRef: {name: web}
  displayName: ci
  scopes: ['users:read']
  writeTo: ${place}
`
  const TENANT = `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: web}
spec: {connectionRef: {name: runtime}}
`

  it('goes to its file, which only the owner can read, and nowhere else', async () => {
    const project = await Project.create(RUNTIME, TENANT, key('{file: keys/ci.key}'))
    const { code, stdout } = await project.run('apply', '--yes')
    const value = (await readFile(join(project.folder, 'keys/ci.key'), 'utf8')).trim()
    expect(code).toBe(0)
    expect(value).toMatch(/^plk_/)
    expect(stdout).not.toContain(value)
  })

  it('may be the secret of a client, which is made for it once', async () => {
    const project = await Project.create(RUNTIME, TENANT, portal('  writeTo: {file: keys/portal.secret}\n'))
    const { code, stdout } = await project.run('apply', '--yes')
    const value = (await readFile(join(project.folder, 'keys/portal.secret'), 'utf8')).trim()
    expect(code).toBe(0)
    expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(stdout).not.toContain(value)
    expect((await project.run('plan')).code).toBe(0)
  })

  it('cannot go to a Kubernetes Secret from here', async () => {
    const place = '{secret: {name: ci, key: value}}'
    const project = await Project.create(RUNTIME, TENANT, key(place))
    const { code, stdout } = await project.run('plan')
    expect(code).toBe(1)
    expect(stdout).toContain('only the controller can write to a Kubernetes Secret')
  })
})
