import { globSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../cli/commands.ts'
import { requestIn } from '../../review/server/commands.ts'
import { callsIn, codeOf, PAGES, ROOT, textOf } from './shown.ts'

const PAGES_AND_WORKFLOWS = [
  ...PAGES,
  ...['.github/**/*.yaml', 'action.yml'].flatMap((p) => globSync(p, { cwd: ROOT })),
]

interface Shown {
  readonly line: string
  /** A line that one could type, and not a mention such as `plumbline apply --take-over`. */
  readonly isWhole: boolean
}

/** Commands that code on a page shows, whole ones in its blocks and mentions in its sentences. */
function shownIn(text: string): readonly Shown[] {
  const { blocks, mentions } = codeOf(text)
  const shown = (code: string, isWhole: boolean): readonly Shown[] => callsIn(code).map((line) => ({ line, isWhole }))
  return [...blocks.flatMap((code) => shown(code, true)), ...mentions.flatMap((code) => shown(code, false))]
}

const wordsOf = (line: string): readonly string[] =>
  (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))

/** The command line, which reads arguments and does nothing. */
async function reader(): Promise<Command> {
  const program = new Command('plumbline').version('0').enablePositionalOptions().exitOverride()
  program.configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
  for (const [name, { load }] of Object.entries(COMMANDS)) (await load()).define(program.command(name))
  disarm(program)
  return program
}

function disarm({ commands }: Command): void {
  for (const command of commands) {
    command.action(() => undefined)
    disarm(command)
  }
}

const UNFINISHED = ['missingArgument', 'optionMissingArgument', 'missingMandatoryOptionValue', 'invalidArgument']

/** A comment under a pull request may say it; `plan` and `apply` are commands too. */
const isForComments = (line: string): boolean => (requestIn(`plumbline ${line}`)?.what ?? 'unknown') !== 'unknown'

/** What the command line says against it. */
async function mistakeIn({ line, isWhole }: Shown): Promise<string | undefined> {
  try {
    await (await reader()).parseAsync(wordsOf(line), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const isMention = !isWhole && UNFINISHED.some((code) => error.code === `commander.${code}`)
    if (error.exitCode !== 0 && !isMention) return `plumbline ${line}: ${error.message}`
  }
  return undefined
}

/** The help of a command and of those below it, as its file writes it. */
const HELPS = globSync('cli/**/*.ts', { cwd: ROOT }).filter((file) => /\nExamples:\n {2}plumbline /.test(textOf(file)))

describe('the commands that a page shows', () => {
  it.each(PAGES_AND_WORKFLOWS)('%s: are commands that there are, with options that they have', async (page) => {
    const shown = shownIn(textOf(page)).filter(({ line }) => !isForComments(line))
    const mistakes = await Promise.all(shown.map(mistakeIn))
    expect(mistakes.filter((mistake) => mistake !== undefined)).toEqual([])
  })

  it.each(HELPS)('%s: the same holds for the examples of its help', async (file) => {
    const examples = [...textOf(file).matchAll(/^ {2}(plumbline .*?)(?: {2}.*|`)?$/gm)].map(
      ([, example = '']) => example,
    )
    const shown = examples.flatMap(callsIn).map((line) => ({ line, isWhole: true }))
    expect(shown).not.toEqual([])
    expect((await Promise.all(shown.map(mistakeIn))).filter((mistake) => mistake !== undefined)).toEqual([])
  })

  it('are found', () => {
    expect(
      shownIn(
        '    $ plumbline plan --out x # so\n\nSay `npx plumbline fmt`.\n```sh\na && npx --yes @plumbline-dev/cli review\n```',
      ),
    ).toEqual([
      { line: 'review', isWhole: true },
      { line: 'plan --out x', isWhole: true },
      { line: 'fmt', isWhole: false },
    ])
  })

  it('with another name or option would be told', async () => {
    expect(await mistakeIn({ line: 'plann', isWhole: true })).toContain("unknown command 'plann'")
    expect(await mistakeIn({ line: 'plan --no-such-option', isWhole: false })).toContain('unknown option')
    expect(await mistakeIn({ line: 'backup', isWhole: true })).toContain('missing required argument')
  })
})
