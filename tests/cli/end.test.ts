import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { Project, RUNTIME, tenant } from './project.ts'
import { remoteRuntime, silentSystem } from './silent-system.ts'

describe('SIGTERM', () => {
  it.each([['plan'], ['apply', '--yes'], ['drift'], ['export', '--connection', 'runtime']])(
    'ends %s while a system does not answer, and says how to go on',
    async (...command) => {
      const { url, asked } = await silentSystem()
      const project = await Project.create(remoteRuntime(url), tenant('web', 8))
      const child = project.start({}, ...command)
      const ended = once(child, 'close')
      const stderr = text(child.stderr)
      await asked
      child.kill('SIGTERM')
      await ended
      expect(await stderr).toContain('interrupted')
    },
  )

  it('ends a run that cannot stop by itself', async () => {
    const project = await Project.create(RUNTIME)
    execFileSync('mkfifo', [join(project.folder, 'plan.fifo')])
    // Nobody ever writes the plan, and an open FIFO cannot be left.
    const child = project.start({}, 'apply', 'plan.fifo')
    const ended = once(child, 'close')
    const again = setInterval(() => child.kill('SIGTERM'), 1_000)
    expect(await ended).toEqual([null, 'SIGTERM'])
    clearInterval(again)
  })
})

describe('what is no regular file', () => {
  it.each(['plumbline.yaml', 'secret.fifo', 'values.env'])(
    'is not read, and nothing waits for it: %s',
    async (name) => {
      const documents = [RUNTIME.replace(/fromFile: [^}]+/, 'fromFile: secret.fifo'), tenant('web', 8)]
      const project = await Project.create(...documents)
      const file = `apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: test\npaths: [documents]\n`
      await project.write(
        'plumbline.yaml',
        `${file}defaultEnvironment: a\nenvironments: {a: {envFiles: [values.env]}}\n`,
      )
      await project.write('values.env', '')
      await project.write('secret.fifo', 'x')
      execFileSync('rm', [join(project.folder, name)])
      execFileSync('mkfifo', [join(project.folder, name)])
      const { code, stdout, stderr } = await project.run('plan')
      expect(code).toBe(1)
      expect(stdout + stderr).toContain(name)
      expect(stdout + stderr).toContain('not a regular file')
    },
  )
})
