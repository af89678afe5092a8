import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openInventory } from '../../reconciler/open-inventory.ts'
import { type Postgres, startPostgres } from '../support/postgres.ts'
import { Project, RUNTIME, tenant } from './project.ts'

const BOT = `apiVersion: plumbline.dev/v1alpha1
kind: ApiKey
metadata: {name: bot}
spec:
  connectionRef: {name: runtime}
  tenantRef: {name: web}
  displayName: Bot
  scopes: ['users:read']
  writeTo: {file: bot.key}
`

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

const file = async (project: Project) => ({ inventory: `${project.folder}/.plumbline/inventory.db`, scope: 'test/' })
const database = async () => ({ inventory: await postgres.database(), scope: 'test/' })

describe.each([
  ['a file', file],
  ['PostgreSQL', database],
])('two runs on one inventory in %s', (_, placeOf) => {
  async function projectWithPlace() {
    const project = await Project.create(RUNTIME, tenant('web', 8), BOT)
    const place = await placeOf(project)
    const env = place.inventory.startsWith('postgres') ? { PLUMBLINE_INVENTORY: place.inventory } : {}
    return { project, place, env: env as NodeJS.ProcessEnv }
  }

  it('stop with a sentence that says who the other one is', async () => {
    const { project, place, env } = await projectWithPlace()
    const other = await openInventory(place, 'write')
    const { code, stdout, stderr } = await project.runWith(env, 'apply', '--yes')
    await other.close()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`another run is writing to this inventory: `)
    expect(stderr).toContain(`process ${process.pid}, since `)
  })

  it('wait for each other when they are told to, and go on when the other one has died', async () => {
    const { project, place, env } = await projectWithPlace()
    const other = await openInventory(place, 'write')
    const child = project.start(env, 'apply', '--yes', '--lock-timeout', '10m')
    const stdout = text(child.stdout)
    const ended = once(child, 'close')
    for await (const line of createInterface(child.stderr)) if (line.endsWith('Waiting for it to end.')) break
    await other.close()
    expect((await ended)[0]).toBe(0)
    expect(await stdout).toContain('Applied: 2 done.')
  })

  it('mint nothing twice, also where both begin at once', { timeout: 600_000 }, async () => {
    const { project, env } = await projectWithPlace()
    const run = () => project.runWith(env, 'apply', '--yes', '--lock-timeout', '10m')
    const both = await Promise.all([run(), run()])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    const outcomes = both.map(({ stdout }) => stdout.split('\n').at(-2)).sort()
    expect(outcomes[0]).toBe('Applied: 2 done.')
    const { body } = await project.call('GET', '/v1/api-keys?tenant_id=web')
    expect(JSON.stringify(body).match(/"Bot"/g)).toHaveLength(1)
    expect((await project.runWith(env, 'plan')).stdout).toBe('Plan: 2 unchanged.\n')
  })
})

describe('the evidence of a team', { timeout: 120_000 }, () => {
  const verified = async (project: Project, env: NodeJS.ProcessEnv, ...options: readonly string[]) =>
    (await project.runWith(env, 'audit', 'verify', ...options)).stdout

  it('is one chain in the database of the inventory, whichever machine applies', async () => {
    const env = { PLUMBLINE_INVENTORY: await postgres.database() }
    const [one, two] = [
      await Project.create(RUNTIME, tenant('web', 8)),
      await Project.create(RUNTIME, tenant('web', 9)),
    ]
    await one.runWith(env, 'apply', '--yes')
    expect(await two.runWith(env, 'apply', '--yes', '--take-over')).toMatchObject({ code: 0 })
    for (const project of [one, two]) expect(await verified(project, env)).toContain('4 good records')
    expect((await one.runWith(env, 'log', 'Tenant/web')).stdout.match(/applied/g)).toHaveLength(2)
    const { password, href } = new URL(env.PLUMBLINE_INVENTORY)
    const named = await verified(one, { PGPASSWORD: password }, '--evidence', href.replace(`:${password}`, ''))
    expect(named).toContain('4 good records')
  })

  it('that lay in a folder before goes into the database with the first run there', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    await project.run('apply', '--yes')
    const env = { PLUMBLINE_INVENTORY: await postgres.database() }
    await project.changePinSize('web', 4)
    await project.runWith(env, 'apply', '--yes', '--take-over')
    expect(await verified(project, env)).toContain('4 good records')
  })
})

describe('the inventory of a team', () => {
  it('shows its password nowhere', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    const url = new URL(await postgres.database())
    const { password } = url
    const runs = [
      await project.runWith({ PLUMBLINE_INVENTORY: url.href, PLUMBLINE_DEBUG: '1' }, 'doctor'),
      await project.runWith({ PLUMBLINE_INVENTORY: url.href.replace(url.port, '1'), PLUMBLINE_DEBUG: '1' }, 'plan'),
    ]
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain(password)
  })

  it('takes no password from the project file, and one from PGPASSWORD', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    const url = new URL(await postgres.database())
    const { password } = url
    const lines = 'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: test\npaths: [documents]\n'
    await project.write('plumbline.yaml', `${lines}inventory: ${url.href}\n`)
    const refused = await project.run('plan')
    expect(refused.stderr).toContain('/inventory: a password does not belong here')
    expect(refused.stderr).not.toContain(password)
    url.password = ''
    await project.write('plumbline.yaml', `${lines}inventory: ${url.href}\n`)
    expect((await project.runWith({ PGPASSWORD: password }, 'apply', '--yes')).code).toBe(0)
    const kept = await project.runWith({ PGPASSWORD: password }, 'inventory', 'copy', url.href, 'local.db')
    expect(kept).toMatchObject({ code: 0, stdout: 'Copied 1 objects.\n' })
  })
})
