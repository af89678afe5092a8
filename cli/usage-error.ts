import type { CommanderError } from 'commander'
import { PlumblineError } from '../config/errors.ts'
import { COMMANDS } from './commands.ts'
import { FORMATS, type Format } from './terminal.ts'

const FLAG = '--format'
const isFormat = (word: string | undefined): word is Format =>
  (FORMATS as readonly (string | undefined)[]).includes(word)

/** The format that the arguments ask for, found before they are understood: mistakes in them are told in it, too. */
export function formatIn(argv: readonly string[]): Format {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  const named = words.flatMap((word, at) => {
    const value = word === FLAG ? words[at + 1] : word.startsWith(`${FLAG}=`) ? word.slice(FLAG.length + 1) : undefined
    return isFormat(value) ? [value] : []
  })
  return named.at(-1) ?? 'text'
}

/** Options that permit or force a change. */
const DANGEROUS_OPTIONS = ['--yes', '--allow', '--prune', '--take-over', '--not-created', '--replace']
const DANGEROUS: ReadonlySet<string> = new Set([
  ...DANGEROUS_OPTIONS,
  ...Object.entries(COMMANDS).flatMap(([name, { dangerous }]) => (dangerous ? [name] : [])),
])

/** A mistake in the arguments. commander puts what it suggests into brackets on a second line. */
export function usageErrorOf({ code, message }: CommanderError): PlumblineError {
  if (code === 'commander.help') return new PlumblineError('USAGE', 'a command is missing', { help: ALL_COMMANDS })
  const [what = '', ...hints] = message.replace(/^error: /, '').split('\n')
  const help = hints.map((hint) => hint.replace(/^\((.*)\)$/, '$1')).join(' ')
  const wayOut = code === 'commander.unknownCommand' ? ALL_COMMANDS : undefined
  const said = isHarmless(help) && help !== '' ? help : wayOut
  return new PlumblineError('USAGE', what, said === undefined ? {} : { help: said })
}

const ALL_COMMANDS = 'All commands: plumbline --help'

/** A guess must never lead to a command or option that changes more than what was typed may have meant. */
const isHarmless = (help: string): boolean => !help.split(/[\s,?]+/).some((word) => DANGEROUS.has(word))
