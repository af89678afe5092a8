import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { sign } from '@octokit/webhooks-methods'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakePull, GitHubFake } from '../forge/github-fake.ts'
import { Project, tenant } from './project.ts'
import { SERVICE } from './reviewed.ts'

const SECRET = 'marked-webhook-secret'
const PATIENCE_MS = 120_000

/** One story: each test goes on where the one before has ended. Every call is valid by GitHub's own description. */
describe('review serve on GitHub', { timeout: 3 * PATIENCE_MS }, () => {
  let fake: GitHubFake
  let project: Project
  let server: ReturnType<Project['start']>
  let url: string
  let delivery = 0
  beforeAll(async () => {
    fake = await GitHubFake.start()
    for (const [login, right] of [
      ['alice', 'write'],
      ['plumbline-bot', 'admin'],
      ['mallory', 'read'],
    ] as const)
      fake.permissions.set(login, right)
    project = await Project.lasting(SERVICE, tenant('web', 6))
    await project.write('.gitignore', '.plumbline\nserver\n')
    await project.git('init', '-q', '-b', 'main')
    await commit('main')
    const env = { PLUMBLINE_FORGE_TOKEN: 'token-of-bot', PLUMBLINE_WEBHOOK_SECRET: SECRET }
    const place = ['--repository', `${fake.site}/acme/identity`, '--forge', 'GitHub', '--port', '0', '--data', 'server']
    server = project.start(env, 'review', 'serve', ...place, '--live')
    server.stderr.resume()
    let said = ''
    for await (const chunk of server.stdout) {
      said += chunk
      if (said.includes('\n')) break
    }
    url = /http:\S+/.exec(said)?.[0] ?? ''
  }, 3 * PATIENCE_MS)
  afterAll(async () => {
    server.kill('SIGTERM')
    await once(server, 'close')
    await project.remove()
    await fake.stop()
    expect(fake.problems).toEqual([])
  })

  /** Commits what lies there as the tip of a branch. */
  async function commit(branch: string): Promise<string> {
    await project.git('add', '-A')
    await project.git('commit', '-q', '--allow-empty', '-m', branch)
    await project.git('push', '-q', '--force', fake.git.folder, `HEAD:refs/heads/${branch}`)
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: project.folder, encoding: 'utf8' }).trim()
  }

  /** What GitHub would send. */
  async function deliver(event: string, payload: object, secret = SECRET): Promise<number> {
    const body = JSON.stringify({ repository: { full_name: 'acme/identity' }, ...payload })
    const headers = {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': `delivery-${++delivery}`,
      'x-hub-signature-256': await sign(secret, body),
    }
    return (await fetch(`${url}/webhook`, { method: 'POST', headers, body })).status
  }

  const changed = (pull: FakePull): Promise<number> =>
    deliver('pull_request', { action: 'synchronize', pull_request: { number: pull.number } })

  async function comment(author: string, pull: FakePull, body: string): Promise<void> {
    const id = fake.nextId()
    fake.comments.push({ id, pull: pull.number, author, body })
    const issue = { number: pull.number, pull_request: {} }
    await deliver('issue_comment', { action: 'created', issue, comment: { id, body, user: { login: author } } })
  }

  /** Waits for a condition on what the fake was told. */
  async function until(isThere: () => boolean): Promise<void> {
    const end = Date.now() + PATIENCE_MS
    while (!isThere() && Date.now() < end) await delay(50)
    expect(isThere(), JSON.stringify(fake.comments)).toBe(true)
  }
  const says = (text: string) => (): boolean =>
    fake.comments.some(({ author, body }) => author === 'plumbline-bot' && body.includes(text))

  let pull: FakePull
  it('takes nothing without the signature', async () => {
    expect(await deliver('pull_request', { pull_request: { number: 1 } }, 'another secret')).toBe(401)
  })

  it('reviews a pull request in one comment and a status', async () => {
    await project.git('checkout', '-qb', 'weaker')
    await project.documents(SERVICE, tenant('web', 4))
    const head = await commit('weaker')
    pull = fake.addPull({ branch: 'weaker', head })
    fake.git.git('update-ref', `refs/pull/${pull.number}/head`, head)
    expect(await changed(pull)).toBe(202)
    await until(says('people choose PINs of 4 digits instead of 6'))
    expect(fake.comments).toHaveLength(1)
    await until(() => fake.statuses.at(-1)?.state === 'failure')
  })

  it('takes consent from people who may write, by a comment or by a label', async () => {
    await comment('mallory', pull, 'plumbline approve weakening')
    await until(() => fake.reactions.some(({ content }) => content === '-1'))
    expect(says('approved weaker logins')()).toBe(false)
    fake.labellings.push({ pull: pull.number, label: 'approve weakening', by: 'alice', at: '2026-01-01T00:00:01Z' })
    Object.assign(pull, { labels: ['approve weakening'] })
    await changed(pull)
    await until(says('`alice` approved weaker logins'))
    await until(() => fake.statuses.at(-1)?.state === 'success')
  })

  it('applies the reviewed plan after the merge, exactly', async () => {
    await project.git('checkout', '-q', 'main')
    await project.git('merge', '-q', '--no-ff', '-m', 'merged', 'weaker')
    const merged = await commit('main')
    Object.assign(pull, { state: 'closed', merged: true, mergeCommit: merged })
    await changed(pull)
    await until(says('**Applied, as reviewed.**'))
    expect(fake.statuses.length).toBeGreaterThan(0)
  })
})
