import { readdir } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import packageFile from '../../package.json' with { type: 'json' }
import { ORGANIZATION, type Project } from '../cli/project.ts'
import { branched, committed, SERVICE, webTenant } from '../cli/reviewed.ts'
import { COMMAND } from '../command.ts'
import { GitHubFake } from '../forge/github-fake.ts'
import { ACTION, runAction } from './composite.ts'

describe('the action', () => {
  let fake: GitHubFake
  let project: Project
  beforeEach(async () => {
    fake = await GitHubFake.start()
    project = await branched(SERVICE, ORGANIZATION, webTenant(6))
    await project.documents(SERVICE, ORGANIZATION, webTenant(4))
  })
  afterEach(() => fake.stop())

  async function run(inputs: Readonly<Record<string, string>> = {}, fork = false) {
    fake.addPull({ head: await committed(project) })
    return runAction({
      folder: project.folder,
      inputs: { base: 'main', command: [process.execPath, ...COMMAND].join(' '), ...inputs },
      github: {
        'github.token': 'token-of-job',
        'github.event.pull_request.number': '1',
        'github.event.pull_request.head.repo.full_name != github.repository': String(fork),
      },
      env: { ...process.env, GITHUB_SERVER_URL: fake.site, GITHUB_REPOSITORY: fake.repository },
    })
  }

  it('takes the version of this release', () => {
    expect(ACTION.runs.using).toBe('composite')
    expect(ACTION.inputs.command?.default).toContain(`@plumbline-dev/cli@${packageFile.version}`)
  })

  it('writes comment, check and summary, and ends as the review does', async () => {
    const { code, summary, outputs } = await run()
    expect(code).toBe(2)
    expect(summary).toContain('people choose PINs of 4 digits instead of 6')
    expect(outputs).toMatchObject({ 'exit-code': '2', report: expect.stringContaining('plumbline-review.md') })
    expect(fake.comments).toHaveLength(1)
    expect(fake.checkRuns).toHaveLength(1)
  })

  it('passes when somebody has agreed', async () => {
    expect((await run({ allow: 'weakening' })).code).toBe(0)
  })

  it('of a fork writes the summary alone', async () => {
    const { code, summary } = await run({ live: 'true' }, true)
    expect(code).toBe(2)
    expect(summary).toContain('people choose PINs of 4 digits instead of 6')
    expect(fake.calls).toEqual([])
  })

  it('reads no input as a script', async () => {
    const { output, code } = await run({ base: '$(touch pwned); `touch pwned`' })
    expect(code).toBe(1)
    expect(output).toContain('there is no revision')
    expect(await readdir(project.folder)).not.toContain('pwned')
  })
})
