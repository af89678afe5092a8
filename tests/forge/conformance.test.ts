import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GITEA_TIMEOUT } from '../support/gitea.ts'
import { type ForgeWorld, giteaWorld, gitHubWorld } from './worlds.ts'

const WORLDS = {
  'Gitea, for real': giteaWorld,
  'GitHub, with a token': () => gitHubWorld('bot'),
  'GitHub, in a job': () => gitHubWorld('job'),
  'GitHub, as an App': () => gitHubWorld('app'),
} as const

describe.each(Object.entries(WORLDS))('%s', (_name, open) => {
  let world: ForgeWorld
  let number: number
  beforeAll(async () => {
    world = await open()
    number = await world.open('first')
  }, GITEA_TIMEOUT)
  afterAll(() => world?.close())

  it('tells who we are', async () => {
    expect(await world.forge.account()).toBe(world.bot)
  })

  it('reads a pull request as it stands', async () => {
    const pull = await world.forge.pullRequest(number)
    expect(pull).toMatchObject({ number, title: 'first', author: 'alice', state: 'open', isFork: false, labels: [] })
    expect(pull.head.branch).toBe('first')
    expect(pull.base.branch).toBe('main')
    expect(pull.head.commit).toMatch(/^[0-9a-f]{40}$/)
    expect(pull.url).toContain(`acme/identity/pull`)
  })

  it('says that there is none of a number', async () => {
    await expect(world.forge.pullRequest(4711)).rejects.toMatchObject({ code: 'NOT_FOUND', retry: 'never' })
  })

  it('names the changed files', async () => {
    expect(await world.forge.changedFiles(number)).toEqual([{ path: 'added.yaml', what: 'added' }])
  })

  it('tells the right of each person', async () => {
    const { forge } = world
    expect(await forge.permissionOf('alice')).toBe('write')
    expect(await forge.permissionOf('reader')).toBe('read')
    expect(await forge.permissionOf('stranger')).toBe('none')
    expect(await forge.permissionOf('nobody')).toBe('none')
  })

  it('writes a comment, brings it up to date and lists it with those of others', async () => {
    const { forge } = world
    await world.commentAs('alice', number, 'looks good')
    const { id } = await forge.createComment(number, '<!-- mark -->\nfirst')
    await forge.updateComment(id, '<!-- mark -->\nsecond')
    const comments = await forge.comments(number)
    expect(comments.map(({ author, body }) => ({ author, body }))).toEqual([
      { author: 'alice', body: 'looks good' },
      { author: world.bot, body: '<!-- mark -->\nsecond' },
    ])
    await forge.react(id, 'heard')
  })

  it('takes a comment as long as its limit', async () => {
    const { forge } = world
    const body = 'x'.repeat(forge.commentLimit)
    const { id } = await forge.createComment(await world.open('long'), body)
    expect(await forge.updateComment(id, `${body.slice(1)}y`)).toMatchObject({ id })
  })

  it('lists every comment', async () => {
    const { forge } = world
    const busy = await world.open('busy')
    for (let i = 0; i < 60; i++) await world.commentAs('alice', busy, `comment ${i}`)
    expect((await forge.comments(busy)).map(({ body }) => body)).toEqual(
      Array.from({ length: 60 }, (_, i) => `comment ${i}`),
    )
  })

  it('reports on a commit, and the last report counts', async () => {
    const { forge } = world
    const { head } = await forge.pullRequest(number)
    const report = { name: 'plumbline', summary: 'all of it', annotations: [] }
    await forge.report(head.commit, { ...report, conclusion: 'failure', title: 'no' })
    await forge.report(head.commit, { ...report, conclusion: 'success', title: 'yes' })
    const reported = await world.reported(head.commit)
    expect(reported).toContainEqual({ state: 'failure', title: 'no' })
    expect(reported).toContainEqual({ state: 'success', title: 'yes' })
  })

  it('tells a pull request from a fork', async () => {
    const { forge } = world
    const fork = await world.open('foreign', { fork: true })
    expect(await forge.pullRequest(fork)).toMatchObject({ isFork: true, author: 'mallory' })
  })

  it('opens the pull request of a branch once, and brings it up to date after that', async () => {
    const { forge } = world
    await world.pushed('proposed')
    const proposal = { branch: 'proposed', base: 'main', body: 'because' }
    const made = await forge.propose({ ...proposal, title: 'First words' })
    expect(await forge.propose({ ...proposal, title: 'Better words' })).toMatchObject({
      number: made.number,
      title: 'Better words',
    })
    const open = (await forge.openPullRequests()).filter(({ head }) => head.branch === 'proposed')
    expect(open.map(({ title }) => title)).toEqual(['Better words'])
  })

  it('closes a pull request with a last word, and lists it among those that were closed', async () => {
    const { forge } = world
    await world.pushed('withdrawn')
    const { number } = await forge.propose({ branch: 'withdrawn', base: 'main', title: 'Drift', body: 'first' })
    expect(await forge.revise(number, { body: 'gone', state: 'closed' })).toMatchObject({
      state: 'closed',
      body: 'gone',
    })
    const [latest] = await forge.recentlyClosed()
    expect(latest).toMatchObject({ number, body: 'gone', state: 'closed', author: world.bot })
    expect((await forge.openPullRequests()).map((pull) => pull.number)).not.toContain(number)
  })

  it('tells who has put a label on a pull request, and when', async () => {
    const { forge } = world
    const labelled = await world.open('labelled')
    expect(await forge.labelled(labelled, 'agreed')).toBeUndefined()
    await world.label(labelled, 'agreed')
    expect((await forge.pullRequest(labelled)).labels).toEqual(['agreed'])
    const given = await forge.labelled(labelled, 'agreed')
    expect(given).toEqual({ by: 'alice', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) })
  })
})
