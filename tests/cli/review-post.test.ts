import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GitHubFake } from '../forge/github-fake.ts'
import { ORGANIZATION, type Project, type Ran } from './project.ts'
import { branched, committed, SERVICE, webTenant } from './reviewed.ts'

describe('review --post', () => {
  let fake: GitHubFake
  let project: Project
  beforeEach(async () => {
    fake = await GitHubFake.start()
    project = await branched(SERVICE, ORGANIZATION, webTenant(6))
  })
  afterEach(async () => {
    await fake.stop()
    expect(fake.problems).toEqual([])
  })

  /** Commits what lies there, and reviews it as the head of pull request 1. */
  async function posted(token: 'bot' | 'job', ...options: readonly string[]): Promise<Ran> {
    const head = await committed(project)
    fake.pulls.length = 0
    fake.addPull({ head })
    const pull = `${fake.site}/acme/identity/pull/1`
    const env = { PLUMBLINE_FORGE_TOKEN: `token-of-${token}` }
    return project.runWith(env, 'review', '--base', 'main', '--post', pull, ...options)
  }

  it('writes one comment, the verdict first, and a check with annotations on the lines', async () => {
    await project.documents(SERVICE, ORGANIZATION, webTenant(4))
    const { code, stderr } = await posted('job')
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`Posted: ${fake.site}`) })
    const [comment] = fake.comments
    const [marker, verdict] = comment?.body.split('\n') ?? []
    expect(marker).toMatch(/^<!-- plumbline review [0-9a-f]{12} -->$/)
    expect(verdict).toBe('**This change makes logins weaker. It needs consent.**')
    expect(comment?.body).toContain('people choose PINs of 4 digits instead of 6')
    const [run] = fake.checkRuns
    expect(run).toMatchObject({ name: 'plumbline', conclusion: 'action_required', head_sha: fake.pulls[0]?.head })
    expect(run?.annotations).toContainEqual(
      expect.objectContaining({ path: 'documents/all.yaml', start_line: 24, annotation_level: 'warning' }),
    )
  })

  it('takes at most five calls of the forge, and brings the comment up to date in place', async () => {
    await project.documents(SERVICE, ORGANIZATION, webTenant(4))
    await posted('job')
    expect(fake.calls.length).toBeLessThanOrEqual(5)
    await project.documents(SERVICE, ORGANIZATION, webTenant(8))
    expect((await posted('job')).code).toBe(0)
    expect(fake.comments).toHaveLength(1)
    expect(fake.comments[0]?.body).toContain('Nothing that this change does makes a login weaker')
    expect(fake.checkRuns.map(({ conclusion }) => conclusion)).toEqual(['action_required', 'success'])
  })

  it('leaves the comment of somebody else alone, whatever marker it has', async () => {
    await project.documents(SERVICE, ORGANIZATION, webTenant(4))
    await posted('job')
    const body = fake.comments[0]?.body ?? ''
    Object.assign(fake.comments[0] ?? {}, { author: 'mallory' })
    await posted('job')
    expect(fake.comments.map(({ author }) => author)).toEqual(['mallory', 'github-actions[bot]'])
    expect(fake.comments[0]?.body).toBe(body)
  })

  it('passes the check when somebody has agreed', async () => {
    await project.documents(SERVICE, ORGANIZATION, webTenant(4))
    expect((await posted('job', '--allow', 'weakening')).code).toBe(0)
    expect(fake.checkRuns[0]).toMatchObject({ conclusion: 'success' })
    expect(fake.checkRuns[0]?.output.title).toBe('This change makes logins weaker, and somebody approved it.')
  })

  it('sets a commit status where the token may run no checks', async () => {
    await project.documents(SERVICE, ORGANIZATION, webTenant(4))
    await posted('bot')
    expect(fake.statuses).toEqual([expect.objectContaining({ state: 'failure', context: 'plumbline' })])
  })

  it('tells why there is no review', async () => {
    await project.write('plumbline.yaml', 'kind: Nothing @everyone\n')
    const { code } = await posted('job')
    expect(code).toBe(1)
    expect(fake.comments[0]?.body).toContain('**The change could not be reviewed.**')
    expect(fake.checkRuns[0]).toMatchObject({ conclusion: 'failure' })
  })

  it('leaves the comment to the review of the present commit when the pull request has moved on', async () => {
    await committed(project)
    fake.addPull({ head: 'f'.repeat(40) })
    const env = { GITHUB_TOKEN: 'token-of-job', GITHUB_SERVER_URL: fake.site, GITHUB_REPOSITORY: 'acme/identity' }
    const { stderr } = await project.runWith(env, 'review', '--base', 'main', '--post', '1')
    expect(stderr).toContain('has another commit now')
    expect(fake.comments).toEqual([])
    expect(fake.checkRuns).toHaveLength(1)
  })

  it('says what is missing, and never shows the token', async () => {
    const none = { PLUMBLINE_FORGE_TOKEN: '', GH_TOKEN: '', GITHUB_TOKEN: '', GITEA_TOKEN: '' }
    const pull = `${fake.site}/acme/identity/pull/1`
    const without = await project.runWith(none, 'review', '--base', 'main', '--post', pull)
    expect(without.stderr).toContain('there is no token for the forge')
    const env = { PLUMBLINE_FORGE_TOKEN: 'token-marked-1234', PLUMBLINE_DEBUG: '1' }
    const wrong = await project.runWith(env, 'review', '--base', 'main', '--post', pull)
    expect(wrong.stderr).toContain('answered 401')
    expect(wrong.stderr + wrong.stdout).not.toContain('token-marked-1234')
  })
})
