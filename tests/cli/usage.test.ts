import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../cli/commands.ts'
import { Project } from './project.ts'

describe('what people type first', () => {
  it('every command stands under a heading of --help', async () => {
    const { stdout } = await (await Project.empty()).run('--help')
    const headings = stdout.split('\n').filter((line) => /^\S.*:$/.test(line))
    expect(headings).toContain('Everyday work:')
    expect(headings).not.toContain('Commands:')
  })

  it.each(Object.entries(COMMANDS))(
    '%s is told in docs/cli.md, and its help shows examples',
    async (name, { load }) => {
      const page = await readFile('docs/cli.md', 'utf8')
      expect(page).toMatch(new RegExp(`^\\|.*\`${name}[ \`]`, 'm'))
      const command = new Command(name)
      ;(await load()).define(command)
      let help = ''
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
      expect(help).toContain('Examples:')
    },
  )

  it('a misspelt command is guessed where it does no harm', async () => {
    const { stderr } = await (await Project.empty()).run('plna')
    expect(stderr).toContain('Did you mean plan?')
  })

  it.each([
    [['aply'], 'apply'],
    [['restor'], 'restore'],
    [['plan', '--prun'], '--prune'],
    [['plan', '--alow', 'delete'], '--allow'],
    [['apply', '--yess'], '--yes'],
  ])('no guess leads from %j to %s', async (args, dangerous) => {
    const { code, stderr } = await (await Project.empty()).run(...args)
    expect(code).toBe(1)
    expect(stderr).not.toMatch(new RegExp(`mean.*${dangerous}`))
  })

  it.each([
    [['pl'], 'plan'],
    [['plan', '--form'], '--format'],
    [['plan', '--format', 'mark'], 'markdown'],
    [['admin-key', 'ro'], 'rotate'],
  ])('completes %j', async (words, wanted) => {
    const { stdout } = await (await Project.empty()).run('complete', '--', ...words)
    expect(stdout.split('\n').map((line) => line.split('\t')[0])).toContain(wanted)
  })

  it('prints a completion script that its shell reads', async () => {
    const project = await Project.empty()
    const { stdout } = await project.run('completion', 'bash')
    await project.write('script', stdout)
    await promisify(execFile)('bash', ['-n', join(project.folder, 'script')])
    for (const shell of ['zsh', 'fish'])
      expect((await project.run('completion', shell)).stdout).toContain('plumbline complete --')
  })
})
