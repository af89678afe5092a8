import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMAND } from '../command.ts'
import { temporaryFolder } from '../support/folder.ts'

/** Commands of a page: indented lines that begin with a program which it uses. */
const commandsIn = (page: string): readonly string[] =>
  [...page.matchAll(/^ {4}((?:plumbline|git|cd|sed) .*)$/gm)].map(([, line]) => line ?? '')

/** What a shell says to lines that are typed into it one after the other. */
function typed(folder: string, lines: readonly string[]): Promise<string> {
  const person = { GIT_AUTHOR_NAME: 'ada', GIT_AUTHOR_EMAIL: 'ada@acme.example' }
  const committer = { GIT_COMMITTER_NAME: 'ada', GIT_COMMITTER_EMAIL: 'ada@acme.example' }
  const path = `${join(folder, 'bin')}:${process.env.PATH}`
  const env = { ...process.env, ...person, ...committer, PATH: path, PLUMBLINE_TRUST: '' }
  const script = lines.map((line) => `echo '$ ${line.replaceAll("'", "'\\''")}'\n${line}\necho "exit $?"`).join('\n')
  return new Promise((done, fail) =>
    execFile('bash', ['-c', script], { cwd: folder, env }, (error, stdout) => (error ? fail(error) : done(stdout))),
  )
}

describe('the tutorial', () => {
  it('does what it says, command by command', async () => {
    const page = await readFile(new URL('../../docs/tutorial.md', import.meta.url), 'utf8')
    const folder = temporaryFolder()
    await mkdir(join(folder, 'bin'))
    const program = join(folder, 'bin/plumbline')
    await writeFile(program, `#!/bin/sh\nexec '${[process.execPath, ...COMMAND].join("' '")}' "$@"\n`)
    await chmod(program, 0o755)

    const said = await typed(folder, commandsIn(page))

    expect(said).toMatch(/\$ plumbline plan\n[\s\S]*?Plan: 6 to create\.\nexit 2/)
    expect(said).toContain('Plan: 6 unchanged.\nexit 0')
    expect(said).toMatch(/\$ plumbline posture\n[\s\S]*?\nexit 0/)
    expect(said).toMatch(/\$ plumbline review --base main\n[\s\S]*?PINs of 4 digits instead of 6[\s\S]*?\nexit 2/)
    expect(said).toContain('$ plumbline drift\n0 objects have drifted; 6 in sync.\nexit 0')
  })
})
