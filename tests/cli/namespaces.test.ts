import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FileInventory } from '../../reconciler/inventory.ts'
import { Project, RUNTIME } from './project.ts'

const GRANT = `apiVersion: plumbline.dev/v1alpha1
kind: ReferenceGrant
metadata: {name: teams, namespace: platform}
spec:
  from: [{namespace: a}, {namespace: b}, {namespace: c}]
  to: [{kind: Connection}]
`
const CONNECTION = RUNTIME.replace('{name: runtime}', '{name: runtime, namespace: platform}')

const web = (namespace: string, tenantId: string, pinSize = 8): string => `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: web, namespace: ${namespace}}
spec:
  connectionRef: {name: runtime, namespace: platform}
  tenantId: ${tenantId}
  displayName: ${tenantId}
  pin: {enabled: true, size: ${pinSize}}
`

const remembered = async (project: Project): Promise<readonly (readonly [string, string])[]> => {
  const inventory = FileInventory.open(join(project.folder, '.plumbline/inventory.db'), 'read')
  const found = [...inventory.entries].map(([address, { key }]) => [address, key] as const)
  await inventory.close()
  return found.toSorted()
}

describe('two documents of one kind and name in two namespaces', () => {
  it('are two: planned, applied, remembered and found drifted each by itself', async () => {
    const project = await Project.create(GRANT, CONNECTION, web('a', 'one'), web('b', 'two'))
    const { stdout } = await project.run('plan')
    for (const line of ['+ Tenant/a/web  create', '+ Tenant/b/web  create']) expect(stdout).toContain(line)
    expect((await project.run('apply', '--yes')).code).toBe(0)
    expect(await remembered(project)).toEqual([
      ['Tenant/a/web', 'one'],
      ['Tenant/b/web', 'two'],
    ])
    expect(await project.run('plan')).toMatchObject({ code: 0, stdout: 'Plan: 2 unchanged.\n' })
    await project.changePinSize('two', 4)
    const drift = await project.run('drift')
    expect(drift.stdout).toContain('~ Tenant/b/web  update (drift)')
    expect(drift.stdout).not.toContain('Tenant/a/web')
  })

  it('are told apart when one goes: the other stays as it is', async () => {
    const project = await Project.create(GRANT, CONNECTION, web('a', 'one'), web('b', 'two'))
    await project.run('apply', '--yes')
    await project.documents(GRANT, CONNECTION, web('b', 'two'))
    const { stdout } = await project.run('plan')
    expect(stdout).toBe('? Tenant/a/web  has no document (--prune)\nPlan: 1 unchanged.\n')
  })

  it('move from one namespace to another, and nothing is created or deleted', async () => {
    const project = await Project.create(GRANT, CONNECTION, web('a', 'one'), web('b', 'two'))
    await project.run('apply', '--yes')
    await project.documents(GRANT, CONNECTION, web('c', 'one'), web('b', 'two'))
    const { code, stdout } = await project.run('plan')
    expect([code, stdout]).toEqual([0, expect.stringContaining('→ moved from Tenant/a/web')])
    expect((await project.run('apply', '--yes', '--prune')).code).toBe(0)
    expect(await remembered(project)).toEqual([
      ['Tenant/b/web', 'two'],
      ['Tenant/c/web', 'one'],
    ])
  })

  it('may change places', async () => {
    const project = await Project.create(GRANT, CONNECTION, web('a', 'one'), web('b', 'two'))
    await project.run('apply', '--yes')
    await project.documents(GRANT, CONNECTION, web('a', 'two'), web('b', 'one'))
    const { code, stdout } = await project.run('apply', '--yes')
    expect([code, stdout]).toEqual([0, expect.anything()])
    expect(await remembered(project)).toEqual([
      ['Tenant/a/web', 'two'],
      ['Tenant/b/web', 'one'],
    ])
  })
})

/**
 * Recorded by the release of commit b5fd814, whose inventory left namespaces away and knew neither places nor owners: an
 * apply of a tenant, a user, a group and a client with a write-only secret.
 */
const SAMPLE = join(import.meta.dirname, 'samples/without-namespaces')
const SECRET = { PORTAL_SECRET: 'marked-portal-1c9d' }
const ADDRESSES = ['Client/shop/portal', 'Group/shop/caretakers', 'Tenant/shop/web', 'User/shop/jane']

async function projectOfBefore(change = (text: string) => text): Promise<Project> {
  const project = await Project.create(change(await readFile(join(SAMPLE, 'documents.yaml'), 'utf8')))
  for (const part of ['inventory.db', 'data'])
    await cp(join(SAMPLE, part), join(project.folder, '.plumbline', part), { recursive: true })
  return project
}

describe('an inventory of a release before', () => {
  it('is read as it is: nothing moved, nothing to do, no secret sent again', async () => {
    const project = await projectOfBefore()
    expect(await project.runWith(SECRET, 'plan', '--quiet')).toEqual({
      code: 0,
      stdout: 'Plan: 4 unchanged.\n',
      stderr: '',
    })
  })

  it('has the addresses of today after an apply, and loses nothing', async () => {
    const project = await projectOfBefore()
    expect((await project.runWith(SECRET, 'apply', '--yes')).code).toBe(0)
    expect((await remembered(project)).map(([address]) => address)).toEqual(ADDRESSES)
    expect(await project.runWith(SECRET, 'plan', '--quiet')).toMatchObject({ code: 0, stdout: 'Plan: 4 unchanged.\n' })
  })

  it('still knows what has no document any more', async () => {
    const project = await projectOfBefore((text) =>
      text
        .split('---\n')
        .filter((d) => !d.includes('kind: Group'))
        .join('---\n'),
    )
    expect((await project.runWith(SECRET, 'plan')).stdout).toContain('? Group/caretakers  has no document (--prune)')
  })

  it('follows documents that have moved to another namespace since', async () => {
    const project = await projectOfBefore((text) =>
      [
        ...text.split('---\n').map(inMarket),
        GRANT.replaceAll('platform', 'shop').replace('{namespace: a}', '{namespace: market}'),
      ].join('---\n'),
    )
    const { code, stdout } = await project.runWith(SECRET, 'plan')
    expect([code, stdout]).toEqual([0, 'Plan: 4 unchanged.\n'])
  })
})

/** All but the Connection. */
const inMarket = (document: string): string =>
  document.includes('kind: Connection')
    ? document
    : document
        .replace('namespace: shop', 'namespace: market')
        .replace('connectionRef: {name: runtime}', 'connectionRef: {name: runtime, namespace: shop}')
