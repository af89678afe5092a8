import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tenant } from '../../cli/project.ts'
import { GITEA_TIMEOUT } from '../../support/gitea.ts'
import { REPOSITORY, STEP_TIMEOUT, until, World } from './world.ts'

interface Pull {
  readonly number: number
  readonly state: string
  readonly body: string
}

/** One story on a real Gitea: each test goes on where the one before has ended. */
describe('drift, from a change by hand to an empty plan', { timeout: STEP_TIMEOUT }, () => {
  let world: World
  let proposal: number
  beforeAll(async () => {
    world = await World.create()
    await world.serve('--live')
  }, GITEA_TIMEOUT)
  afterAll(() => world?.close())

  const pinSize = async (): Promise<unknown> => (await world.call('GET', '/v1/tenants/web')).pin_size
  const changePin = async (size: number): Promise<void> => {
    const { is_2fa: _, ...record } = await world.call('GET', '/v1/tenants/web')
    await world.call('PUT', '/v1/tenants/web', { ...record, pin_size: size })
  }
  /** What became of the proposals. */
  const propose = async (): Promise<readonly { what: string }[]> => {
    const address = `${world.gitea.url}/${REPOSITORY}`
    return JSON.parse((await world.run('drift', '--propose', address, '--format', 'json')).stdout).proposals
  }
  const pulls = (): Promise<readonly Pull[]> =>
    world.gitea.call(world.alice, 'GET', `/repos/${REPOSITORY}/pulls?state=all`)

  it('begins with a pull request that somebody has agreed to by a label, and the evidence says who', async () => {
    const first = await world.open(world.alice, 'weaker', { 'documents/web.yaml': tenant('web', 5) })
    await world.hears(first, 'This change makes logins weaker. It needs consent.')
    await world.label(world.alice, first, 'approve weakening')
    await world.hears(first, '`alice` approved weaker logins')
    await world.merge(first)
    await world.hears(first, 'Applied, as reviewed.')
    expect(await pinSize()).toBe(5)
    const log = JSON.parse((await world.run('log', 'Tenant/web', '--format', 'json')).stdout)
    expect(log.at(-1)).toMatchObject({
      what: 'applied',
      approvedBy: ['alice'],
      change: expect.stringContaining('/pulls/'),
    })
    expect((await world.run('audit', 'verify')).code).toBe(0)
  })

  it('made behind the back of the documents becomes one pull request, which stays as it is while the drift does', async () => {
    await changePin(9)
    expect(await propose()).toMatchObject([{ what: 'opened' }])
    expect(await propose()).toMatchObject([{ what: 'unchanged' }])
    const open = (await pulls()).filter(({ state }) => state === 'open')
    expect(open).toHaveLength(1)
    proposal = open[0]?.number ?? 0
    expect(open[0]?.body).toContain('| `Tenant/web` | `/pin/size` | `5` | `9` | 🔒 stricter |')
  })

  it('is reviewed as every pull request: there is nothing to apply, since the system has it already', async () => {
    expect(await world.hears(proposal, 'Nothing that this change does makes a login weaker')).toContain('unchanged')
  })

  it('is accepted by the merge: the system keeps its value, and the next plan is empty', async () => {
    await world.merge(proposal)
    await world.hears(proposal, 'Applied.')
    expect(await pinSize()).toBe(9)
    expect(await world.run('plan')).toMatchObject({ code: 0, stdout: 'Plan: 3 unchanged.\n' })
    expect(await propose()).toEqual([])
  })

  it('is taken back by the next apply when its pull request is closed with the label revert', async () => {
    await changePin(7)
    expect(await propose()).toMatchObject([{ what: 'opened' }])
    const [second] = (await pulls()).filter(({ state }) => state === 'open')
    await world.label(world.alice, second?.number ?? 0, 'revert')
    await world.gitea.call(world.alice, 'PATCH', `/repos/${REPOSITORY}/pulls/${second?.number}`, { state: 'closed' })
    expect(await propose()).toMatchObject([{ what: 'reverting' }])
    expect((await world.run('apply', '--yes')).code).toBe(0)
    expect(await pinSize()).toBe(9)
    await until(async () => (await propose()).length === 0)
  })
})
