import { spawn } from 'node:child_process'
import { cp, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMAND } from '../command.ts'
import { Project, RUNTIME, tenant } from './project.ts'
import { serving } from './serving.ts'

const START = ['--organization', 'acme', '--display-name', 'Acme Housing']

describe('init', () => {
  it('begins a project that is valid in every environment, applies without a credential, and then has nothing to do', async () => {
    const folder = await Project.empty('a new project')
    expect((await folder.run('init', ...START)).code).toBe(0)
    expect(await folder.run('validate')).toMatchObject({ code: 0, stdout: expect.stringContaining('dev, production') })
    expect((await folder.run('apply', '--yes')).stdout).toContain('✓ Client/acme-app  created')
    expect(await folder.run('plan')).toMatchObject({ code: 0, stdout: 'Plan: 6 unchanged.\n' })
    expect(await folder.run('plan', '-e', 'production')).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('/displayName  "Acme Housing (production)"'),
    })
  })

  it('writes an application whose tokens every library verifies, so that no note is left', async () => {
    const folder = await Project.empty()
    await folder.run('init', ...START)
    const { stdout } = await folder.run('plan')
    expect(stdout).toContain('/signingAlg  "RS256"')
    expect(stdout).not.toContain('note:')
  })

  it('starts from what a live system has: the first plan changes nothing', async () => {
    const live = await Project.create(RUNTIME, tenant('acme-web', 8), tenant('acme-app', 4))
    await live.run('apply', '--yes')
    await live.write('connection.yaml', RUNTIME)
    const { code, stdout, stderr } = await live.run('init', 'taken over', '--from', 'connection.yaml')
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("\n  cd 'taken over'\n") })
    expect(stdout).toContain('wrote taken over/documents/tenant.yaml')
    await cp(join(live.folder, '.plumbline/data'), join(live.folder, 'taken over/.plumbline/data'), { recursive: true })
    const taken = ['--project', 'taken over']
    expect(await live.run('plan', ...taken, '--take-over')).toMatchObject({ code: 0 })
  })

  it('on a service that runs shares its key with it before the first start', async () => {
    const folder = await Project.empty()
    const key = (await folder.run('admin-key', 'create')).stdout.trim()
    const env = { PLUMBLINE_ADMIN_KEY: key }
    const { url, lines, stop } = await serving(
      folder.start(env, 'serve', '--quiet', '--port', '0', '--data', 'service'),
    )
    expect(lines.join()).not.toContain(key)
    expect(await folder.run('init', 'acme', ...START, '--endpoint', url)).toMatchObject({ code: 0 })
    const project = ['--project', 'acme']
    expect(await folder.runWith(env, 'apply', '--yes', ...project)).toMatchObject({ code: 0 })
    expect(await folder.runWith(env, 'plan', ...project)).toMatchObject({ code: 0, stdout: 'Plan: 6 unchanged.\n' })
    expect(await stop()).toBe(0)
  })

  it('writes every file in the one form, with the schema for editors in its first line', async () => {
    const folder = await Project.empty()
    await folder.run('init', ...START)
    expect(await folder.run('fmt', '--check')).toMatchObject({ code: 0 })
    for (const file of ['plumbline.yaml', 'documents/acme.yaml', 'overlays/production/acme.yaml']) {
      const text = await readFile(join(folder.folder, file), 'utf8')
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? []
      JSON.parse(await readFile(join(folder.folder, dirname(file), schema), 'utf8'))
    }
  })

  it('begins with documents that hold every rule of the baseline, in every environment', async () => {
    const folder = await Project.empty()
    await folder.run('init', ...START)
    const { code, stdout } = await folder.run('posture')
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('dev:') })
    expect(stdout).toContain('production:')
    expect(stdout).not.toContain('violated')
  })

  it('makes the credentials of its systems anew for each project, for its owner alone', async () => {
    const [one, other] = [await Project.empty(), await Project.empty()]
    for (const folder of [one, other]) await folder.run('init', ...START)
    const secrets = await Promise.all([one, other].map(({ folder }) => readFile(join(folder, 'secrets.env'), 'utf8')))
    expect(new Set(secrets).size).toBe(2)
    expect((await stat(join(one.folder, 'secrets.env'))).mode & 0o077).toBe(0)
  })

  it('keeps the memory and the secrets of the project out of git', async () => {
    const folder = await Project.empty()
    await folder.run('init', ...START)
    const ignored = await readFile(join(folder.folder, '.gitignore'), 'utf8')
    expect(ignored).toContain('.plumbline/')
    expect(ignored).toContain('*.env')
  })

  it('overwrites nothing that exists, and then writes nothing at all', async () => {
    const folder = await Project.empty()
    await folder.write('documents/acme.yaml', 'mine: true\n')
    const { code, stderr } = await folder.run('init', ...START)
    expect(code).toBe(1)
    expect(stderr).toContain('documents/acme.yaml exists already')
    await expect(readFile(join(folder.folder, 'plumbline.yaml'))).rejects.toThrow()
  })

  it('refuses an id that no organization can have, and proposes one', async () => {
    const folder = await Project.empty()
    const { code, stderr } = await folder.run('init', '--organization', 'Acme Housing')
    expect(code).toBe(1)
    expect(stderr).toContain('e.g. acme-housing')
  })
})

/** A terminal, as `script` of util-linux makes one, in which somebody answers each question once. */
async function inTerminal(project: Project, answers: ReadonlyMap<string, string>, ...args: readonly string[]) {
  const command = [process.execPath, ...COMMAND, ...args].map((word) => `'${word}'`).join(' ')
  const stdio = ['pipe', 'pipe', 'inherit'] as const
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: project.folder, stdio: [...stdio] })
  const open = new Map(answers)
  let seen = ''
  for await (const chunk of child.stdout) {
    seen += chunk
    for (const [question, answer] of open)
      if (seen.includes(question) && open.delete(question)) child.stdin.write(`${answer}\n`)
  }
  return [...open.keys()]
}

describe.skipIf(process.platform !== 'linux')('init on a terminal', () => {
  it('asks for what was not said, and proposes an answer', async () => {
    const folder = await Project.empty()
    const answers = new Map([
      ['Id of the first organization [acme]: ', 'hub'],
      ['What people see of it [Hub]: ', ''],
    ])
    expect(await inTerminal(folder, answers, 'init', 'acme')).toEqual([])
    const written = await readFile(join(folder.folder, 'acme/documents/hub.yaml'), 'utf8')
    expect(written).toContain('displayName: Hub\n')
  })
})
