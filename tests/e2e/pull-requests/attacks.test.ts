import { createHmac, randomUUID } from 'node:crypto'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RUNTIME, SECRETS, tenant } from '../../cli/project.ts'
import { HOSTILE } from '../../review/hostile.ts'
import { strangeIn } from '../../review/rendered.ts'
import { GITEA_TIMEOUT } from '../../support/gitea.ts'
import { FILES, REPOSITORY, STEP_TIMEOUT, until, WEBHOOK_SECRET, World } from './world.ts'

const THIEF = `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: thief}
spec:
  system: SecretsVault
  endpoint: http://127.0.0.1:9
  credentials: {apiKey: {fromEnv: SAILPOINT_CLIENT_SECRET}}
`

describe('somebody who means harm', { timeout: STEP_TIMEOUT }, () => {
  let world: World
  beforeAll(async () => {
    world = await World.create()
    await world.serve('--live')
  }, GITEA_TIMEOUT)
  afterAll(() => world?.close())

  /** A webhook as Gitea would send it. */
  async function deliver(event: string, payload: unknown, { secret = WEBHOOK_SECRET, id = randomUUID() } = {}) {
    const body = JSON.stringify(payload)
    const signature = secret === '' ? '' : `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
    const answer = await fetch(`${world.url}/webhook`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': id,
        ...(signature === '' ? {} : { 'x-hub-signature-256': signature }),
      },
      body,
    })
    return answer.status
  }

  const repository = { full_name: REPOSITORY }
  const command = (number: number, id: number, login: string, body: string) => ({
    action: 'created',
    repository,
    issue: { number, pull_request: {} },
    comment: { id, body, user: { login } },
  })

  it('without the secret is not heard', async () => {
    const payload = { repository, pull_request: { number: 1 } }
    expect(await deliver('pull_request', payload, { secret: '' })).toBe(401)
    expect(await deliver('pull_request', payload, { secret: 'guessed' })).toBe(401)
    expect(await deliver('pull_request', { repository }, {})).toBe(400)
  })

  it('who replays and reorders webhooks changes nothing: the pull request counts as it stands', async () => {
    const number = await world.open(world.alice, 'replayed', { 'documents/web.yaml': tenant('web', 4) })
    await world.hears(number, 'PINs of 4 digits')
    await world.push(world.alice, 'replayed', { 'documents/web.yaml': tenant('web', 5) })
    await world.hears(number, 'PINs of 5 digits')
    const asked = await world.comment(world.alice, number, 'plumbline nonsense')
    await world.hears(number, 'There is no such command')
    const before = await world.said(number)
    const id = randomUUID()
    for (let i = 0; i < 3; i++)
      expect(await deliver('pull_request', { action: 'opened', repository, pull_request: { number } }, { id })).toBe(
        202,
      )
    for (let i = 0; i < 3; i++)
      expect(await deliver('issue_comment', command(number, asked, 'alice', 'plumbline nonsense'))).toBe(202)
    // What was put down last is done last.
    await world.comment(world.alice, number, 'plumbline still nonsense')
    await until(async () => (await world.said(number)).length > before.length)
    expect((await world.said(number)).slice(0, -1)).toEqual(before)
  })

  it('who may not write commands nothing', async () => {
    const number = await world.open(world.alice, 'stranger', { 'documents/shop.yaml': tenant('shop', 4) })
    await world.hears(number, 'PINs of 4 digits')
    for (const body of ['plumbline approve weakening', 'plumbline apply', 'plumbline explain web'])
      expect(await world.reactions(await world.comment(world.mallory, number, body))).toEqual(['-1'])
    expect((await world.said(number)).join()).not.toMatch(/approved weaker|pplied|Anybody at/)
  })

  it('gets no secret with a fork, and no plan', async () => {
    await world.gitea.call(world.mallory, 'POST', `/repos/${REPOSITORY}/forks`, {})
    const files = {
      'documents/thief.yaml': THIEF,
      'documents/gift.yaml': tenant('gift', 8).replace('runtime', 'thief'),
      'plumbline.yaml': `${FILES['plumbline.yaml']}secrets: {allow: {env: ['*'], files: ['/']}}\n`,
    }
    await world.push(world.mallory, 'gift', files, 'mallory/identity')
    const number = await world.pull(world.mallory, 'mallory:gift')
    const comment = await world.hears(number, 'From a fork: it gets no secret')
    expect(comment).toContain('a new Connection')
    expect(comment).toContain('a changed project file: secrets')
    expect(comment).not.toContain('Plan:')
    await world.comment(world.alice, number, 'plumbline plan')
    await world.comment(world.alice, number, 'plumbline apply')
    await world.hears(number, 'It comes from a fork')
    expect((await world.said(number)).join()).not.toContain('Plan:')
  })

  it('with a new Connection and a new secret reference of a branch gets them shown, and not followed', async () => {
    const number = await world.open(world.alice, 'connection', {
      'documents/thief.yaml': THIEF,
      'documents/gift.yaml': tenant('gift', 8).replace('runtime', 'thief'),
      'documents/base.yaml': [RUNTIME, (FILES['documents/base.yaml'] ?? '').split('---\n')[1]]
        .join('---\n')
        .replace('SAILPOINT_CLIENT_ID', 'HOME'),
    })
    const comment = await world.hears(number, 'a new Connection')
    expect(comment).toContain('HOME')
    expect(comment).toContain('There is no plan that can be applied')
    // The fork before it changes the same object, and keeps nobody waiting.
    expect(comment).not.toContain('Waits for')
    expect(comment).toContain('is new in this change, and is not read')
    await world.comment(world.alice, number, 'plumbline apply')
    await world.hears(number, 'Nothing was applied.')
    expect(world.output + comment).not.toContain(SECRETS.SAILPOINT_CLIENT_SECRET)
  })

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['a gate', { '.gitea/workflows/review.yml': 'jobs: {}\n' }, 'a changed gate'],
    [
      'the project file',
      { 'plumbline.yaml': `${FILES['plumbline.yaml']}guards: {maxDeleteShare: 1}\n` },
      'a changed project file: guards',
    ],
    [
      'a Connection',
      {
        'documents/base.yaml': (FILES['documents/base.yaml'] ?? '').replace(
          'endpoint: embedded',
          'endpoint: http://127.0.0.1:9',
        ),
      },
      'another endpoint of a Connection',
    ],
  ])('that changes %s gets it shown, and not followed', async (what, files, shown) => {
    const comment = await world.hears(await world.open(world.alice, what.replaceAll(' ', '-'), files), shown)
    expect(comment).toContain('shown, not followed')
    expect(world.output + comment).not.toContain(SECRETS.SAILPOINT_CLIENT_SECRET)
  })

  it('with a link and a submodule in the branch leads nowhere', async () => {
    const clone = await world.clone(world.alice)
    await clone.git('fetch', '-q', 'origin', 'main')
    await clone.git('checkout', '-q', '-B', 'links', 'FETCH_HEAD')
    await symlink('/etc/passwd', join(clone.folder, 'documents/passwd.yaml'))
    await symlink('/', join(clone.folder, 'documents/root'))
    await clone.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},documents/sub`)
    await clone.git('add', '-A', 'documents/passwd.yaml', 'documents/root')
    await clone.git('commit', '-qm', 'links')
    await clone.git('push', '-q', 'origin', 'HEAD:refs/heads/links')
    const number = await world.pull(world.alice, 'links')
    const comment = await world.hears(number, 'is a link or a submodule, and is not followed')
    for (const path of ['documents/passwd.yaml', 'documents/root', 'documents/sub']) expect(comment).toContain(path)
    expect(comment).not.toContain('root:x:0')
  })

  it('who brings what Plumbline remembers is refused', async () => {
    const number = await world.open(world.alice, 'memory', {
      '.gitignore': '',
      '.plumbline/inventory.db': 'mine',
    })
    expect(await world.hears(number, 'The change could not be reviewed')).toContain('.plumbline/inventory.db')
  })

  it('who merges into another branch than the one that the systems follow applies nothing', async () => {
    await world.push(world.alice, 'side', {})
    await world.push(world.alice, 'aside', { 'documents/shop.yaml': tenant('shop', 9) })
    const number = await world.pull(world.alice, 'aside', 'side')
    expect(await world.hears(number, 'The systems follow')).not.toContain('Plan:')
    await world.comment(world.alice, number, 'plumbline plan')
    await world.merge(number)
    expect(await world.asks(world.alice, number, 'plumbline apply')).toContain('Nothing was applied.')
    expect((await world.said(number)).join()).not.toContain('Plan:')
  })

  it('writes nothing but text into the comment', async () => {
    const names = Object.values(HOSTILE).map(
      (text, i) =>
        `${tenant(`hostile-${i}`, 8).replace(/displayName: .*/, `displayName: ${JSON.stringify(text).slice(0, 90)}`)}`,
    )
    const good = names.filter((text) => !text.includes('displayName: "') || /displayName: ".*"\n/.test(text))
    const number = await world.open(world.alice, 'hostile', { 'documents/hostile.yaml': good.join('---\n') })
    const comment = await world.hears(number, 'hostile-1')
    expect(strangeIn(comment)).toEqual([])
  })

  it('sees no token and no secret in anything that is written', async () => {
    const all = [world.output]
    for (let number = 1; number < 9; number++) all.push(...(await world.said(number)))
    for (const secret of [
      world.bot.token,
      WEBHOOK_SECRET,
      SECRETS.SAILPOINT_CLIENT_ID,
      SECRETS.SAILPOINT_CLIENT_SECRET,
    ])
      expect(all.join('\n')).not.toContain(secret)
  })
})
