import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AUDIT_RECORDS } from '../../../identity/platform/audit/log.ts'
import { openService } from '../../../identity/service.ts'
import { GLOBAL } from '../../../identity/store/store.ts'
import { Project } from '../../cli/project.ts'

/** A project whose runtime has one tenant, and then whatever `tamper` does to the log of the general scope. */
async function runtime(
  tamper: (service: Awaited<ReturnType<typeof openService>>) => Promise<unknown> = async () => {},
) {
  const project = await Project.create()
  const dataFolder = join(project.folder, 'runtime')
  const service = await openService({ store: dataFolder, dataFolder })
  await service.app.inject({
    method: 'POST',
    url: '/v1/tenants',
    headers: { 'x-api-key': service.createdAdminKey ?? '' },
    payload: { tenant_id: 'acme-web' },
  })
  await tamper(service)
  await service.close()
  return { dataFolder, verify: () => project.run('audit', 'verify', '--data', dataFolder) }
}

describe('plumbline audit verify', () => {
  it('ends with 0 and says where each log ends', async () => {
    const { verify } = await runtime()
    const { code, stdout } = await verify()
    expect(code).toBe(0)
    expect(stdout).toMatch(/general log: 1 good records, head [\w-]{43}\n.*tenant acme-web: 0 good records, head none/)
  })

  it('ends with 1 and names the record that was changed', async () => {
    const { verify } = await runtime(({ deps }) =>
      deps.store.update(AUDIT_RECORDS, GLOBAL, '000000000000001', (old) => ({ ...old, actor: 'key:innocent' })),
    )
    const { code, stdout } = await verify()
    expect([code, stdout]).toEqual([1, expect.stringContaining('general log: record 1 was changed')])
  })

  it('does not take a folder without a key for an empty log', async () => {
    const { dataFolder, verify } = await runtime()
    await rm(join(dataFolder, 'master.key'))
    const { code, stderr } = await verify()
    expect([code, stderr]).toEqual([1, expect.stringContaining('master.key')])
  })
})
