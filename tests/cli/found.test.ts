import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FileInventory } from '../../reconciler/inventory.ts'
import { Project, RUNTIME, tenant } from './project.ts'

const key = (drift = ''): string => `apiVersion: plumbline.dev/v1alpha1
kind: ApiKey
metadata: {name: ci}
spec:
  connectionRef: {name: runtime}
  tenantRef: {name: web}
  displayName: CI
  scopes: ['users:read']
  writeTo: {file: ci.key}
  ${drift}
`

const GROUP = `apiVersion: plumbline.dev/v1alpha1
kind: Group
metadata: {name: ops}
spec: {connectionRef: {name: runtime}, tenantRef: {name: web}, displayName: Ops}
`

const GROUPS = '/scim/v2/web/Groups'
const SCHEMAS = ['urn:ietf:params:scim:schemas:core:2.0:Group']
const PATCH = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']

async function rememberedId(project: Project, address: string): Promise<string | undefined> {
  const inventory = FileInventory.open(join(project.folder, '.plumbline/inventory.db'), 'read')
  const id = inventory.entries.get(address)?.id
  await inventory.close()
  return id
}

const makeGroup = async (project: Project): Promise<string> =>
  String((await project.call('POST', GROUPS, { schemas: SCHEMAS, displayName: 'Ops' })).body.id)

describe('what is found by its natural key', () => {
  it('is remembered with its id, and found by it when somebody gives it another name', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    await project.run('apply', '--yes')
    const id = await makeGroup(project)
    await project.documents(RUNTIME, tenant('web', 8), GROUP)
    expect((await project.run('apply', '--yes')).stdout).toContain('✓ Group/ops  adopted')
    expect(await rememberedId(project, 'Group/ops')).toBe(id)
    const Operations = [{ op: 'replace', path: 'displayName', value: 'Operations' }]
    await project.call('PATCH', `${GROUPS}/${id}`, { schemas: PATCH, Operations })
    const { code, stdout } = await project.run('drift')
    expect([code, stdout]).toEqual([2, expect.stringContaining('/displayName  "Operations" → "Ops"')])
  })

  it('is remembered with its new id when somebody has made it anew', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8), GROUP)
    await project.run('apply', '--yes')
    await project.call('DELETE', `${GROUPS}/${await rememberedId(project, 'Group/ops')}`)
    const id = await makeGroup(project)
    expect((await project.run('apply', '--yes')).stdout).toContain('somebody deleted and recreated it')
    expect(await rememberedId(project, 'Group/ops')).toBe(id)
    expect((await project.run('plan')).stdout).toBe('Plan: 2 unchanged.\n')
  })
})

describe('an API key that somebody has regenerated', () => {
  async function regenerated(drift?: string): Promise<Project> {
    const project = await Project.create(RUNTIME, tenant('web', 8), key(drift))
    expect((await project.run('apply', '--yes')).code).toBe(0)
    expect((await project.run('drift')).code).toBe(0)
    const id = await rememberedId(project, 'ApiKey/ci')
    expect((await project.call('POST', `/v1/api-keys/${id}/regenerate`)).status).toBe(200)
    return project
  }

  it('is drift, told by its fingerprint, and mended: the next value goes where the document says', async () => {
    const project = await regenerated()
    const before = await readFile(join(project.folder, 'ci.key'), 'utf8')
    const { code, stdout } = await project.run('drift')
    expect([code, stdout]).toEqual([
      2,
      expect.stringContaining('~ ApiKey/ci  update (drift): somebody made a new value for it'),
    ])
    expect(stdout).toContain('    /writeTo  (secret)\n')
    expect((await project.run('apply', '--yes')).code).toBe(0)
    expect(await readFile(join(project.folder, 'ci.key'), 'utf8')).not.toBe(before)
    expect((await project.run('plan')).stdout).toBe('Plan: 2 unchanged.\n')
  })

  it('is reported and left so where the document wants that', async () => {
    const project = await regenerated('drift: {mode: Report}')
    const { code, stdout } = await project.run('plan')
    expect([code, stdout]).toEqual([0, expect.stringContaining('? ApiKey/ci  report (drift)')])
    expect((await project.run('drift')).code).toBe(2)
  })

  it('is nothing where drift is ignored', async () => {
    const project = await regenerated('drift: {mode: Ignore}')
    expect(await project.run('plan')).toMatchObject({ code: 0, stdout: 'Plan: 2 unchanged.\n' })
  })
})
