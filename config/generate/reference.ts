import { stringify } from 'yaml'
import { SECRET_SOURCES, secret } from '../field.ts'
import { type Kind, reference, specOf } from '../kind.ts'
import { API_VERSION } from '../resource.ts'
import { rowsOf, type TableRow } from './describe.ts'
import { EXAMPLES } from './examples.ts'

const COMMON_PAGE = 'common-fields.md'
const HEADER = '<!-- Written by `npm run generate`; change config/ instead. -->'

/** `CimLoginMethod` → `cim-login-method`. */
export const fileNameOf = (kind: Kind): string => kind.name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()

/** The reference page of a kind, in Markdown. */
export function pageOf(kind: Kind): string {
  return page([
    `# ${kind.name}`,
    kind.description,
    factsOf(kind),
    '## Example',
    exampleOf(kind),
    '## Fields',
    kind.system === undefined ? '' : `All kinds share the [common fields](${COMMON_PAGE}); these are its own.`,
    tableOf(rowsOf(kind.spec)),
    ...(kind.rules.length > 0 ? ['## Rules', rulesOf(kind)] : []),
  ])
}

/** The list of all pages. */
export function indexPage(kinds: readonly Kind[]): string {
  const systems = [...new Set(kinds.map((k) => k.system ?? ''))]
  const sections = systems.flatMap((system) => [
    `## ${system === '' ? 'Plumbline itself' : system}`,
    kinds
      .filter((k) => (k.system ?? '') === system)
      .map((k) => `- [${k.name}](${fileNameOf(k)}.md): ${k.description}`)
      .join('\n'),
  ])
  const common = `Absent means not managed, \`null\` unsets, a value is enforced. See also the [common fields](${COMMON_PAGE}).`
  return page(['# Kinds', common, ...sections])
}

/** Fields that every managed kind has, and the two shapes that occur everywhere. */
export function commonPage(kinds: readonly Kind[]): string {
  const kind = kinds.find((k) => k.system !== undefined)
  const own = new Set(Object.keys(kind?.spec.properties ?? {}))
  const common = kind === undefined ? [] : rowsOf(specOf(kind)).filter((r) => !own.has(r.path.split(/[.[]/)[0] ?? ''))
  return page([
    '# Common fields',
    'They steer Plumbline and are never sent.',
    tableOf(common.map((row) => (row.path === 'deletionPolicy' ? { ...row, type: 'see the kind' } : row))),
    '## Reference',
    'Names another document, or an object without one. Exactly one of the two.',
    tableOf(rowsOf(reference(''))),
    '## Secret reference',
    `A secret is never written into a document. Exactly one of ${SECRET_SOURCES.map(code).join(', ')}.`,
    tableOf(rowsOf(secret(''))),
  ])
}

const page = (parts: readonly string[]) => `${[HEADER, ...parts].filter((p) => p !== '').join('\n\n')}\n`
const code = (text: string) => `\`${text}\``

const SHAPES: Readonly<Record<Kind['shape'], string>> = {
  singleton: 'one per connection',
  collection: 'several; each is found by its natural key',
  serverId: 'found again only by the id that the server gave',
}

function factsOf(kind: Kind): string {
  const facts: readonly (readonly [string, string])[] = [
    ['API version', code(API_VERSION)],
    ['Short names', kind.shortNames.map(code).join(', ')],
    ['System', kind.system ?? ''],
    ['Operations', kind.operations.map(code).join(', ')],
    ['Objects', kind.system === undefined ? '' : SHAPES[kind.shape]],
    ['Deletion policies', kind.deletion.map(code).join(', ')],
    ['Writes', kind.observeOnly ? 'none: it is only observed' : ''],
  ]
  return facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `- **${name}:** ${value}`)
    .join('\n')
}

function exampleOf(kind: Kind): string {
  const document = {
    apiVersion: API_VERSION,
    kind: kind.name,
    metadata: { name: 'example' },
    spec: EXAMPLES[kind.name],
  }
  return `\`\`\`yaml\n${stringify(document, { lineWidth: 0 })}\`\`\``
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function tableOf(rows: readonly TableRow[]): string {
  const head = ['| Field | Type | Server default | Notes | Meaning |', '| --- | --- | --- | --- | --- |']
  return [...head, ...rows.map(lineOf)].join('\n')
}

function lineOf(row: TableRow): string {
  const name = `${code(row.path)}${row.required ? ' (required)' : ''}`
  const cells = [
    name,
    row.type,
    row.serverDefault === '' ? '' : code(row.serverDefault),
    row.notes.join('; '),
    row.description,
  ]
  return `| ${cells.map(cell).join(' | ')} |`
}

function rulesOf(kind: Kind): string {
  return kind.rules.map((rule) => `- ${rule.at === '' ? '' : `${code(rule.at)}: `}${rule.message}`).join('\n')
}
