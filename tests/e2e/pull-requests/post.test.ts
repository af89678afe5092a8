import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tenant } from '../../cli/project.ts'
import { COMMAND } from '../../command.ts'
import type { Clone } from '../../forge/git.ts'
import { GITEA_TIMEOUT } from '../../support/gitea.ts'
import { REPOSITORY, STEP_TIMEOUT, World } from './world.ts'

let world: World
let clone: Clone
beforeAll(async () => {
  world = await World.create()
  clone = await world.clone(world.alice)
}, GITEA_TIMEOUT)
afterAll(() => world?.close())

/** Runs the review of a job in CI: in a clone, with the token of the bot. */
const review = (number: number, base: string): Promise<{ readonly code: number; readonly stderr: string }> => {
  const pull = `${world.gitea.url}/${REPOSITORY}/pulls/${number}`
  const options = { cwd: clone.folder, env: { ...process.env, PLUMBLINE_FORGE_TOKEN: world.bot.token } }
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [...COMMAND, 'review', '--base', base, '--post', pull],
      options,
      (_error, _stdout, stderr) => done({ code: child.exitCode ?? -1, stderr }),
    )
  })
}

it('review --post writes one comment and a commit status on Gitea', { timeout: STEP_TIMEOUT }, async () => {
  const number = await world.open(world.alice, 'posted', { 'documents/web.yaml': tenant('web', 4) })
  for (const _again of [1, 2]) {
    await clone.git('fetch', '-q', 'origin', 'main', 'posted')
    await clone.git('checkout', '-q', '-B', 'posted', 'origin/posted')
    const { code, stderr } = await review(number, 'origin/main')
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Posted: ') })
  }
  const [comment, ...others] = await world.said(number)
  expect(comment).toContain('people choose PINs of 4 digits instead of 6')
  expect(others).toEqual([])
  expect(await world.check(await clone.git('rev-parse', 'HEAD'))).toMatchObject({
    status: 'failure',
    description: 'This change makes logins weaker. It needs consent.',
  })
})
