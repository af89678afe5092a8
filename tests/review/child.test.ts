import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { type Plumbline, plumblineAt, resultIn } from '../../review/server/child-process.ts'

const SERVER = {
  PLUMBLINE_FORGE_TOKEN: 'marked-token',
  GITHUB_TOKEN: 'marked-token',
  PLUMBLINE_APP_ID: 'marked-app',
  PLUMBLINE_APP_KEY_FILE: 'marked-key',
  PLUMBLINE_WEBHOOK_SECRET: 'marked-webhook',
  PLUMBLINE_REVIEW_STORE: 'postgres://marked:marked@db',
}

/** A program in place of the command line, which prints what it is given. */
const printing = (script: string, signal = new AbortController().signal): Plumbline =>
  plumblineAt([process.execPath, '-e', script], { ...process.env, ...SERVER, SYSTEM_KEY: 'of-a-system' }, signal)

const environmentWith = async (secrets: boolean): Promise<NodeJS.ProcessEnv> =>
  JSON.parse((await printing('console.log(JSON.stringify(process.env))')(tmpdir(), [], secrets)).stdout)

describe('the process of a review', () => {
  it('from documents gets nothing of the environment but what a program needs to run', async () => {
    const env = await environmentWith(false)
    expect(env.PATH).toBe(process.env.PATH)
    expect(env).not.toHaveProperty('SYSTEM_KEY')
    expect(JSON.stringify(env)).not.toContain('marked')
  })

  it('against the systems gets their secrets, and none of the server', async () => {
    const env = await environmentWith(true)
    expect(env.SYSTEM_KEY).toBe('of-a-system')
    expect(JSON.stringify(env)).not.toContain('marked')
  })

  it('ends with the server', async () => {
    const controller = new AbortController()
    const running = printing('setInterval(() => {}, 1000)', controller.signal)(tmpdir(), [], false)
    controller.abort(new Error('SIGTERM'))
    await expect(running).rejects.toThrow('SIGTERM')
  })

  it('that fails says why by its JSON, and otherwise by its last line', async () => {
    const failure = { error: { code: 'PLAN_STALE', message: 'the world has moved', help: 'Plan again.' } }
    const ran = { code: 1, stderr: 'first\nlast line\n' }
    expect(() => resultIn({ ...ran, stdout: JSON.stringify(failure) })).toThrow(expect.objectContaining(failure.error))
    expect(() => resultIn({ ...ran, stdout: '' })).toThrow(
      expect.objectContaining({ code: 'INTERNAL', message: expect.stringContaining('last line') }),
    )
  })
})
