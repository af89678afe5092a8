import type { Command } from 'commander'
import { PlumblineError } from '../../config/errors.ts'
import { metaOf } from '../../config/field.ts'
import { rowsOf, type TableRow } from '../../config/generate/describe.ts'
import { type Kind, specOf } from '../../config/kind.ts'
import { KINDS } from '../../config/kinds/index.ts'
import { didYouMean } from '../../config/load/suggest.ts'
import { schemasTo } from '../../config/validate/schema-at.ts'
import { EXIT } from '../exit.ts'
import { namedKind } from '../named-kind.ts'
import { type CommandHandler, handle } from '../run.ts'
import type { Terminal } from '../terminal.ts'

const EXAMPLES = `
Examples:
  plumbline explain-kind                      every kind, by the system that has it
  plumbline explain-kind Tenant               every field of a kind
  plumbline explain-kind Tenant.pin           what is below a field
  plumbline explain-kind Tenant.pin.size      one field: type, limits, default, name on the wire`

export function define(command: Command): void {
  command.argument('[kind[.field]]', 'a kind, or a field of it (default: every kind)').addHelpText('after', EXAMPLES)
  handle(command, explain)
}

interface Explained extends TableRow {
  readonly wire?: string
}

const explain: CommandHandler<object> = async ({ terminal }, _options, [word]) => {
  if (word === undefined) {
    terminal.result('explain-kind', KINDS.map(listed), { text: kindsText })
    return EXIT.ok
  }
  const [name = '', ...steps] = word.split('.')
  const kind = namedKind(name)
  const path = steps.join('.')
  const rows = rowsOf(specOf(kind)).filter((row) => isBelow(row.path, path))
  if (rows.length === 0) throw unknownField(kind, path)
  const explained = rows.map((row) => withWire(kind, row))
  const value = { kind: kind.name, description: kind.description, fields: explained }
  terminal.result('explain-kind', value, {
    text: () =>
      explained.length === 1 ? details(kind, explained[0] as Explained, terminal) : overview(kind, explained, terminal),
    markdown: () => [`## ${kind.name}`, '', ...explained.map(markdownLine)].join('\n'),
  })
  return EXIT.ok
}

const listed = ({ name, system, description }: Kind) => ({ kind: name, ...(system && { system }), description })

/** Kinds under the systems that have them. */
function kindsText(kinds: readonly ReturnType<typeof listed>[], terminal: Terminal): string {
  const width = Math.max(...kinds.map(({ kind }) => kind.length))
  const groups = [...Map.groupBy(kinds, ({ system }) => system ?? 'Plumbline')]
  const sections = groups.map(([system, members]) =>
    [
      terminal.paint('bold', system),
      ...members.map((k) => `  ${k.kind.padEnd(width)}  ${firstSentence(k.description)}`),
    ].join('\n'),
  )
  return `${sections.join('\n\n')}\n\nEvery field of one: plumbline explain-kind ${kinds[0]?.kind ?? ''}`
}

const firstSentence = (text: string): string => /^.*?[.](?= |$)/s.exec(text)?.[0] ?? text

const plain = (path: string): string => path.replaceAll('[]', '')

const isBelow = (path: string, wanted: string): boolean =>
  wanted === '' || plain(path) === plain(wanted) || plain(path).startsWith(`${plain(wanted)}.`)

function withWire(kind: Kind, row: TableRow): Explained {
  const steps = row.path.split('.').flatMap((s) => (s.endsWith('[]') ? [s.slice(0, -2), '0'] : [s]))
  const schema = schemasTo(specOf(kind), steps).at(-1)
  const wire = schema && metaOf(schema).wire
  return wire === undefined ? row : { ...row, wire }
}

const markdownLine = ({ path, type, required, description }: TableRow): string =>
  `- \`${path}\` (${type}${required ? ', required' : ''}): ${description}`

function overview(kind: Kind, rows: readonly Explained[], terminal: Terminal): string {
  const lines = rows.flatMap((row) => [
    `${row.path}  ${terminal.paint('dim', factsInShort(row))}`,
    ...(row.description === '' ? [] : [`    ${row.description}`]),
  ])
  return [`${terminal.paint('bold', kind.name)}  ${kind.description}`, '', ...lines].join('\n')
}

const factsInShort = ({ type, required, serverDefault }: TableRow): string =>
  [type, ...(required ? ['required'] : []), ...(serverDefault === '' ? [] : [`default ${serverDefault}`])].join(', ')

function details(kind: Kind, row: Explained, terminal: Terminal): string {
  const facts: readonly (readonly [string, string])[] = [
    ['type', row.type],
    ['required', row.required ? 'yes' : ''],
    ['default', row.serverDefault === '' ? '' : `${row.serverDefault} (of the server, when nobody sets it)`],
    ['on the wire', row.wire ?? ''],
    ['notes', row.notes.join('; ')],
  ]
  const lines = facts.flatMap(([name, value]) => (value === '' ? [] : [`  ${name.padEnd(12)}${value}`]))
  return [terminal.paint('bold', `${kind.name}.${row.path}`), `  ${row.description}`, ...lines].join('\n')
}

function unknownField(kind: Kind, path: string): PlumblineError {
  const known = rowsOf(specOf(kind)).map((row) => plain(row.path))
  return new PlumblineError('USAGE', `${kind.name} has no field ${path.slice(0, 100)}${didYouMean(path, known)}`)
}
