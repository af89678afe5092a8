import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { digestOfPlan } from '../../reconciler/plan.ts'
import { Project, RUNTIME, tenant } from './project.ts'

const saved = async (): Promise<Project> => {
  const project = await Project.create(RUNTIME, tenant('web', 8))
  await project.run('apply', '--yes')
  await project.documents(RUNTIME, tenant('web', 10))
  await project.run('plan', '--out', 'change.plan')
  return project
}

const pinSize = async (project: Project): Promise<unknown> =>
  (await project.call('GET', '/v1/tenants/web')).body.pin_size

describe('a saved plan', () => {
  it('is applied without a question, and is readable by its owner only', async () => {
    const project = await saved()
    expect((await stat(join(project.folder, 'change.plan'))).mode & 0o777).toBe(0o600)
    expect((await project.run('apply', 'change.plan')).code).toBe(0)
    expect(await pinSize(project)).toBe(10)
  })

  it('is stale when the documents have changed, and nothing is done', async () => {
    const project = await saved()
    await project.documents(RUNTIME, tenant('web', 12))
    const { code, stderr } = await project.run('apply', 'change.plan')
    expect(code).toBe(1)
    expect(stderr).toContain('the documents have changed since the plan was saved; nothing was done')
    expect(await pinSize(project)).toBe(8)
  })

  it('is stale when a system has changed, and nothing is done', async () => {
    const project = await saved()
    await project.changePinSize('web', 5)
    const { code, stderr } = await project.run('apply', 'change.plan')
    expect(code).toBe(1)
    expect(stderr).toContain('the systems have changed since the plan was saved; nothing was done')
    expect(await pinSize(project)).toBe(5)
  })

  it('that was edited by hand does nothing: what is read in it is what is applied', async () => {
    const project = await saved()
    const text = await readFile(join(project.folder, 'change.plan'), 'utf8')
    const plan = JSON.parse(text)
    const edits: readonly string[] = [
      text.replace(/"to": 10/, '"to": 4'),
      text.replace(/"digest": "./, '"digest": "x'),
      JSON.stringify({ ...plan, plan: { ...plan.plan, steps: [] } }),
      JSON.stringify({
        ...plan,
        plan: {
          ...plan.plan,
          digest: digestOfPlan({ steps: [], finalize: [], orphans: [] }),
          steps: [],
          finalize: [],
          orphans: [],
        },
      }),
      JSON.stringify({ ...plan, documents: plan.documents.replace(/^./, 'x') }),
    ]
    for (const edited of edits) {
      await project.write('edited.plan', edited)
      const { code, stderr } = await project.run('apply', 'edited.plan')
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('nothing was done') })
      expect(await pinSize(project)).toBe(8)
    }
  })

  it('has to be a plan', async () => {
    const project = await Project.create(RUNTIME)
    const { code, stderr } = await project.run('apply', 'documents/all.yaml')
    expect(code).toBe(1)
    expect(stderr).toContain('documents/all.yaml is not a plan')
  })
})
