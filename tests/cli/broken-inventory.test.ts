import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { Project, RUNTIME, tenant } from './project.ts'

/** Nothing can be recorded of one document any more. */
function breakAt(project: Project, address: string): void {
  const database = new DatabaseSync(join(project.folder, '.plumbline/inventory.db'))
  database.exec(`CREATE TRIGGER broken BEFORE INSERT ON entries WHEN NEW.address = '${address}'
    BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END`)
  database.close()
}

it('an apply whose inventory breaks stops, and its JSON has what was done beside what stopped it', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `tenant-${i + 10}`)
  const project = await Project.create(RUNTIME, ...names.map((name) => tenant(name, 8)))
  await project.run('apply', '--yes')
  await project.documents(RUNTIME, ...names.map((name) => tenant(name, 6)))
  breakAt(project, 'Tenant/tenant-20')
  const { code, stdout } = await project.run('apply', '--yes', '--format', 'json')
  expect(code).toBe(1)
  const { outcomes } = JSON.parse(stdout) as { outcomes: { address: string; status: string; error?: object }[] }
  expect(outcomes).toHaveLength(names.length)
  expect(outcomes.find((o) => o.status === 'failed')).toMatchObject({
    address: 'Tenant/tenant-20',
    error: { code: 'IO', message: expect.stringMatching(/inventory\.db cannot be written: database or disk is full$/) },
  })
  expect(new Set(outcomes.map((o) => o.status))).toEqual(new Set(['done', 'failed', 'skipped']))
})
