import { describe, expect, it } from 'vitest'
import { Project, RUNTIME, tenant } from './project.ts'

describe('messages', () => {
  it('name the place, the document, the field and what is wrong, all in one go', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 99), tenant('app', 2))
    const { stdout } = await project.run('validate')
    expect(stdout).toMatch(/^error documents\/all\.yaml:15:30 Tenant\/web \/spec\/pin\/size: 99 is too large/m)
    expect(stdout).toMatch(/^error documents\/all\.yaml:23:30 Tenant\/app \/spec\/pin\/size: 2 is too small/m)
  })

  it.each([
    [['plan'], { documents: 'kind: [' }],
    [['plan', '--environment', 'nowhere'], {}],
    [['plan', '--project', 'missing.yaml'], {}],
    [['apply', 'missing.plan'], {}],
    [['apply', '--not-created', 'Tenant/web'], {}],
    [['export', '--connection', 'nowhere'], {}],
    [['explain-kind', 'Tennant'], {}],
    [['plan', '--inventory', 'pulumi:documents/all.yaml'], {}],
    [['plan', '--no-such-option'], {}],
    [['no-such-command'], {}],
  ] as const)('plumbline %j fails with a message and without a stack', async (args, broken: { documents?: string }) => {
    const project = await Project.create(broken.documents ?? RUNTIME)
    const { code, stdout, stderr } = await project.run(...args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error/m)
    expect(stdout + stderr).not.toMatch(/^\s+at .+:\d+/m)
  })

  it('suggest the kind that was meant', async () => {
    const project = await Project.create(RUNTIME)
    expect((await project.run('explain-kind', 'Tennant')).stderr).toContain('Tenant')
  })

  it('show the chain of causes with PLUMBLINE_DEBUG', async () => {
    const project = await Project.create(RUNTIME)
    expect((await project.run('apply', 'missing.plan')).stderr).not.toContain('ENOENT')
    expect((await project.runWith({ PLUMBLINE_DEBUG: '1' }, 'apply', 'missing.plan')).stderr).toContain('ENOENT')
  })

  it('every command explains itself with examples', async () => {
    const project = await Project.create(RUNTIME)
    const { stdout } = await project.run('--help')
    const commands = [...stdout.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].flatMap(([, name]) => name ?? [])
    expect(commands).toContain('quickstart')
    const helps = await Promise.all(commands.filter((c) => c !== 'help').map((c) => project.run(c, '--help')))
    for (const help of helps) expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('Examples:') })
  })
})
