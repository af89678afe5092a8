import { type Document, isMap, isScalar, parseAllDocuments } from 'yaml'
import { fieldsOf } from '../../config/field.ts'
import { specOf } from '../../config/kind.ts'
import { kindOf } from '../../config/kinds/index.ts'
import { pathSteps, referencePlaces } from '../../config/references.ts'

/** A document by its kind, its name and its namespace. */
export interface Named {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

/** The address `Kind/name` or `Kind/namespace/name`; `undefined` for anything else. */
export function namedBy(address: string): Named | undefined {
  const [kind = '', ...rest] = address.split('/')
  const name = rest.at(-1)
  if (kind === '' || name === undefined || name === '' || rest.length > 2) return undefined
  return { kind, name, ...(rest.length === 2 && rest[0] !== undefined ? { namespace: rest[0] } : {}) }
}

/**
 * A text with a document and everything that refers to it under another name; nothing else in it changes. With `pinned` the document
 * names the object that it had by its former name.
 */
export function renamedIn(text: string, from: Named, to: string, { pinned = false } = {}): string {
  const parsed = parseAllDocuments(text)
  const documents = 'empty' in parsed ? [] : parsed
  return replaced(
    text,
    documents.flatMap((document) => editsIn(text, document, from, to, pinned)),
  )
}

/** Text in place of what is between two offsets. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

function editsIn(text: string, document: Document.Parsed, from: Named, to: string, pinned: boolean): readonly Edit[] {
  const read = (...path: readonly string[]) => document.getIn(path)
  const own = { kind: String(read('kind')), name: read('metadata', 'name'), namespace: read('metadata', 'namespace') }
  const isOwn = isSame(own, from)
  const paths = [
    ...(isOwn ? [['metadata', 'name']] : []),
    ...referencesTo(from, own.kind, own.namespace, read).map((path) => [...path, 'name']),
  ]
  const names = paths.flatMap((path) => rangeOf(document.getIn(path, true), inYaml(to)))
  return isOwn && pinned ? [...names, ...pinOf(text, document, from)] : names
}

const rangeOf = (node: unknown, text: string): readonly Edit[] =>
  isScalar(node) && node.range ? [{ start: node.range[0], end: node.range[1], text }] : []

/** Where a kind takes the name of a document for the key of its object unless a field names it: that field. */
function pinOf(text: string, document: Document.Parsed, { kind: kindName, name }: Named): readonly Edit[] {
  const kind = kindOf(kindName)
  const spec = document.get('spec', true)
  if (kind === undefined || !isMap(spec) || !spec.range) return []
  const value = spec.toJS(document)
  const keyWith = (more: object, own: string): unknown => kind.key({ ...value, ...more } as never, own)
  const field = fieldsOf(specOf(kind)).find(
    (f) => keyWith({}, name) === name && keyWith({ [f.name]: name }, '') === name && keyWith({}, '') !== name,
  )
  if (field === undefined) return []
  const [start] = spec.range
  const entry = `${field.name}: ${inYaml(name)}`
  if (spec.flow) return [{ start: start + 1, end: start + 1, text: `${entry}, ` }]
  return [{ start, end: start, text: `${entry}\n${' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1))}` }]
}

const isSame = (one: { kind: string; name: unknown; namespace: unknown }, other: Named): boolean =>
  one.kind === other.kind && one.name === other.name && (one.namespace ?? undefined) === other.namespace

function referencesTo(
  target: Named,
  kindName: string,
  home: unknown,
  read: (...path: readonly string[]) => unknown,
): readonly (readonly string[])[] {
  const kind = kindOf(kindName)
  const places = kind === undefined ? [] : referencePlaces(kind)
  return places
    .filter((place) => place.kind === target.kind)
    .map(({ at }) => ['spec', ...pathSteps(at)])
    .filter((path) =>
      isSame({ kind: target.kind, name: read(...path, 'name'), namespace: read(...path, 'namespace') ?? home }, target),
    )
}

/** Later edits first, so that those before keep their offsets. */
const replaced = (text: string, edits: readonly Edit[]): string =>
  edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((all, { start, end, text: put }) => `${all.slice(0, start)}${put}${all.slice(end)}`, text)

/** A name that reads as a number or the like stands in quotes. */
const inYaml = (name: string): string => (/^[a-z]/.test(name) && !WORDS.has(name) ? name : JSON.stringify(name))
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n'])
