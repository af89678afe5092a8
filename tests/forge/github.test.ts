import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ForgeWorld, gitHubWorld, pauses } from './worlds.ts'

const SECOND = 1000
const pass = { summary: 'all', conclusion: 'success', title: 'fine', name: 'plumbline' } as const
const commit = 'c'.repeat(40)

describe('GitHub', () => {
  let world: Awaited<ReturnType<typeof gitHubWorld>>
  let clock: ReturnType<typeof pauses>
  let forge: ForgeWorld['forge']
  beforeEach(async () => {
    clock = pauses()
    world = await gitHubWorld('app', clock)
    forge = world.forge
    await world.open('first')
  })
  afterEach(() => world.close())

  it('lists 250 comments on three pages', async () => {
    for (let i = 0; i < 250; i++) await world.commentAs('alice', 1, String(i))
    expect(await forge.comments(1)).toHaveLength(250)
    expect(world.fake.calls.filter((call) => call.endsWith('/issues/1/comments'))).toHaveLength(3)
  })

  it('waits until the quota is full again', async () => {
    const reset = Math.ceil(Date.now() / SECOND) + 90
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) }
    world.fake.faults.push({ of: 'pulls/{pull_number}', status: 403, headers })
    await forge.pullRequest(1)
    expect(clock.slept).toHaveLength(1)
    expect(clock.slept[0]).toBeGreaterThan(60 * SECOND)
  })

  it('waits as long as Retry-After says, and writes again what was refused', async () => {
    const body = { message: 'You have exceeded a secondary rate limit.' }
    world.fake.faults.push({
      of: 'POST /repos/{owner}/{repo}/issues',
      status: 403,
      headers: { 'retry-after': '7' },
      body,
    })
    await forge.createComment(1, 'once')
    expect(clock.slept).toEqual([7 * SECOND])
    expect(world.fake.comments.map(({ body: text }) => text)).toEqual(['once'])
  })

  it('waits a minute for a secondary limit that names no time', async () => {
    const body = { message: 'You have exceeded a secondary rate limit.' }
    world.fake.faults.push({ of: 'issues/{issue_number}/comments', status: 403, body })
    await forge.comments(1)
    expect(clock.slept).toEqual([60 * SECOND])
  })

  it('leaves a limit of an hour to its caller', async () => {
    world.fake.faults.push({ of: 'pulls/{pull_number}', status: 429, headers: { 'retry-after': '3600' } })
    await expect(forge.pullRequest(1)).rejects.toMatchObject({ code: 'RATE_LIMITED', retry: { afterSeconds: 3600 } })
    expect(clock.slept).toEqual([])
  })

  it('reads again after a fault of the server', async () => {
    world.fake.faults.push({ of: 'pulls/{pull_number}', status: 502 }, { of: 'pulls/{pull_number}', status: 503 })
    expect(await forge.pullRequest(1)).toMatchObject({ number: 1 })
  })

  it('does not write a comment again when nobody knows what became of it', async () => {
    world.fake.faults.push({ of: 'POST /repos/{owner}/{repo}/issues', status: 502 })
    await expect(forge.createComment(1, 'x')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(world.fake.calls.filter((call) => call.startsWith('POST') && call.endsWith('comments'))).toHaveLength(1)
  })

  it('says why GitHub refuses what is sent', async () => {
    await expect(forge.createComment(1, 'x'.repeat(70_000))).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('Body is too long (maximum is 65536 characters)'),
    })
  })

  it('sends annotations in batches of 50', async () => {
    const annotations = Array.from({ length: 120 }, (_, i) => ({
      path: 'documents/all.yaml',
      line: i + 1,
      level: 'warning' as const,
      title: 'weaker',
      text: `line ${i + 1}`,
    }))
    await forge.report(commit, { ...pass, conclusion: 'action required', annotations })
    const [run] = world.fake.checkRuns
    expect(run).toMatchObject({ name: 'plumbline', head_sha: commit, conclusion: 'action_required' })
    expect(run?.annotations.map((a) => a.start_line)).toEqual(annotations.map(({ line }) => line))
    expect(world.fake.calls.filter((call) => call.includes('/check-runs'))).toHaveLength(3)
  })

  it('follows no redirect, and says where to look', async () => {
    world.fake.faults.push({ of: 'pulls/{pull_number}', status: 301, headers: { location: 'http://127.0.0.1:9/' } })
    await expect(forge.pullRequest(1)).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('moved'),
    })
    world.fake.problems.length = 0
  })

  it('refuses an answer that is not what GitHub describes', async () => {
    world.fake.faults.push({ of: 'pulls/{pull_number}', status: 200, body: { number: 'one' } })
    await expect(forge.pullRequest(1)).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' })
    world.fake.problems.length = 0
  })

  it('shows its token in no error', async () => {
    world.fake.faults.push({ of: 'pulls/{pull_number}', status: 404 }, { of: 'pulls', status: 418 })
    for (const call of [() => forge.pullRequest(1), () => forge.openPullRequests()]) {
      const error = await call().catch((thrown: unknown) => thrown)
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('token-of-app')
    }
    world.fake.problems.length = 0
  })
})

it('sets a commit status where only an App may run checks', async () => {
  const world = await gitHubWorld('bot')
  await world.forge.report(commit, { ...pass, annotations: [] })
  expect(world.fake.checkRuns).toEqual([])
  expect(world.fake.statuses).toEqual([{ sha: commit, state: 'success', context: 'plumbline', description: 'fine' }])
  await world.close()
})

it('says who we are not when the token is wrong', async () => {
  const world = await gitHubWorld('bot')
  world.fake.faults.push({ of: 'GET /user', status: 401, body: { message: 'Bad credentials' } })
  await expect(world.forge.account()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  await world.close()
})
