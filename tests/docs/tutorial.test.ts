import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { Shell } from './shell.ts'

/** Commands of a page: indented lines that begin with a program which it uses. */
const commandsIn = (page: string): readonly string[] =>
  [...page.matchAll(/^ {4}((?:plumbline|git|cd|sed) .*)$/gm)].map(([, line]) => line ?? '')

/** Lines that are typed into a shell one after the other, each with what it ends with. */
const told = (line: string): string => `echo '$ ${line.replaceAll("'", "'\\''")}'\n${line}\necho "exit $?"`

describe('the tutorial', () => {
  it('does what it says, command by command', async () => {
    const page = await readFile(new URL('../../docs/tutorial.md', import.meta.url), 'utf8')
    const shell = await Shell.open(temporaryFolder())

    const { stdout: said } = await shell.run(commandsIn(page).map(told).join('\n'))

    expect(said).toMatch(/\$ plumbline plan\n[\s\S]*?Plan: 6 to create\.\nexit 2/)
    expect(said).toContain('Plan: 6 unchanged.\nexit 0')
    expect(said).toMatch(/\$ plumbline posture\n[\s\S]*?\nexit 0/)
    expect(said).toMatch(/\$ plumbline review --base main\n[\s\S]*?PINs of 4 digits instead of 6[\s\S]*?\nexit 2/)
    expect(said).toContain('$ plumbline drift\n0 objects have drifted; 6 in sync.\nexit 0')
  })
})
