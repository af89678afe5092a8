import { isDeepStrictEqual } from 'node:util'
import {
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  parseDocument,
  Scalar,
  type ToStringOptions,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { PlumblineError } from '../../config/errors.ts'
import { YAML_OPTIONS } from '../../config/load/options.ts'
import { quoted } from '../../config/text/yaml-text.ts'
import { GONE, type JsonSteps, putAt } from './json.ts'

/** A change of one document of a YAML text. */
export interface TextEdit {
  /** Line on which the document begins; a text: it comes at the end of the file. */
  readonly line: number | string
  readonly steps: JsonSteps
  readonly value: unknown
}

/**
 * A YAML text with other values in it. Comments, order and formatting stay: lines that say the same as before are the lines
 * of before. Throws INTERNAL rather than returning a text that means anything else.
 */
export function editedYaml(text: string, edits: readonly TextEdit[]): string {
  const parts = partsOf(text)
  const changed = parts.map(({ text: part, first, next }) => {
    const own = edits.filter(({ line }) => typeof line === 'number' && line >= first && line < next)
    return own.reduce(editedPart, part)
  })
  const fresh = edits.filter(({ line }) => typeof line === 'string')
  return [changed.join(''), ...[...Map.groupBy(fresh, ({ line }) => line).values()].map(writtenAnew)].reduce(joined)
}

const joined = (before: string, after: string): string =>
  before.trim() === '' ? after : `${before.replace(/\n*$/, '\n')}---\n${after}`

/** A document that was not there: the first edit is all of it, later ones change it. */
function writtenAnew(edits: readonly TextEdit[]): string {
  const value = edits.reduce<unknown>((before, edit) => putAt(before, edit.steps, edit.value), undefined)
  const document = new Document(value)
  visit(document, { Scalar: (_, scalar) => quoted(scalar) })
  return document.toString({ lineWidth: 0 })
}

interface Part {
  readonly text: string
  /** Lines: its first, and that of the next part. */
  readonly first: number
  readonly next: number
}

/** The documents of a text, each with what stands around it. */
function partsOf(text: string): readonly Part[] {
  const parsed = parseAllDocuments(text, YAML_OPTIONS)
  const documents = 'empty' in parsed ? [] : parsed
  const starts = [0, ...documents.slice(0, -1).map(({ range }) => range[2])]
  return starts.map((start, i) => {
    const end = starts[i + 1] ?? text.length
    const first = lineAt(text, start)
    return {
      text: text.slice(start, end),
      first,
      next: i + 1 < starts.length ? lineAt(text, end) : Number.POSITIVE_INFINITY,
    }
  })
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** One document with one other value. */
function editedPart(text: string, { steps, value }: TextEdit): string {
  const meaning = putAt(parseDocument(text, YAML_OPTIONS).toJS(), steps, value)
  const found = [spliced, patched, rewritten]
    .map((way) => way(text, steps, value))
    .find((after) => means(after, meaning))
  if (found !== undefined) return found
  throw new PlumblineError('INTERNAL', `${steps.join('.')} could not be written into its file`)
}

function means(text: string | undefined, meaning: unknown): text is string {
  if (text === undefined) return false
  const document = parseDocument(text, YAML_OPTIONS)
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS(), meaning)
}

/** A scalar in place of another one: nothing else moves. */
function spliced(text: string, steps: JsonSteps, value: unknown): string | undefined {
  const node = parseDocument(text, YAML_OPTIONS).getIn(steps, true)
  if (!isScalar(node) || !node.range || typeof value === 'object' || typeof value === 'symbol') return undefined
  if (isBlock(node)) return undefined
  const [start, end] = node.range
  const padding = start === end ? ' ' : ''
  return `${text.slice(0, start)}${padding}${scalarText(value, node.type)}${text.slice(end)}`
}

const isBlock = ({ type }: Scalar): boolean => type === Scalar.BLOCK_FOLDED || type === Scalar.BLOCK_LITERAL

/** In the quotes of before, where there were any. */
function scalarText(value: unknown, type: string | undefined): string {
  const scalar = new Scalar(value)
  if (typeof value === 'string' && (type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE)) scalar.type = type
  quoted(scalar)
  return new Document([scalar]).toString({ lineWidth: 0 }).trim().replace(/^- /, '')
}

/** The lines that the document API writes otherwise than before, in place of those that they replace. */
function patched(text: string, steps: JsonSteps, value: unknown): string | undefined {
  const style = styleOf(text)
  const [was, is] = [linesOf(parseDocument(text, YAML_OPTIONS).toString(style)), linesOf(changed(text, steps, value))]
  const own = linesOf(text)
  const [a, b] = [own.filter(isFull), was.filter(isFull)]
  if (a.length !== b.length) return undefined
  const head = commonPrefix(was, is)
  const tail = commonPrefix(was.slice(head).reverse(), is.slice(head).reverse())
  const from = placeOf(own, was.slice(0, head).filter(isFull).length)
  const to = own.length - placeOf(own.toReversed(), was.slice(was.length - tail).filter(isFull).length)
  const ending = text.includes('\r\n') ? '\r' : ''
  const lines = is.slice(head, is.length - tail).map((line) => (isFull(line) ? line : '') + ending)
  const patch = [...own.slice(0, from), ...lines, ...own.slice(Math.max(from, to))].join('\n')
  return text.endsWith('\n') && !patch.endsWith('\n') ? `${patch}\n` : patch
}

const linesOf = (text: string): readonly string[] => text.split('\n')
const isFull = (line: string): boolean => line.trim() !== ''

/** WrittenPlace behind so many lines that are not empty. */
function placeOf(lines: readonly string[], full: number): number {
  let seen = 0
  return full === 0 ? 0 : lines.findIndex((line) => isFull(line) && ++seen === full) + 1
}

function commonPrefix(a: readonly string[], b: readonly string[]): number {
  const first = a.findIndex((line, i) => line !== b[i])
  return first < 0 ? Math.min(a.length, b.length) : first
}

/** The whole document as the API writes it. */
const rewritten = changed

function changed(text: string, steps: JsonSteps, value: unknown): string {
  const document = parseDocument(text, YAML_OPTIONS)
  if (value === GONE) document.deleteIn(steps)
  else {
    const node = document.getIn(steps, true)
    if (!assigned(document, node, value)) document.setIn(steps, nodeOf(document, value))
  }
  return document.toString(styleOf(text))
}

function nodeOf(document: Document, value: unknown): unknown {
  const node = document.createNode(value)
  visit(node as YAMLMap, { Scalar: (_, scalar) => quoted(scalar) })
  return node
}

/** Changes a collection in place, so that what stays keeps its comments; false where that cannot be. */
function assigned(document: Document, node: unknown, value: unknown): boolean {
  if (isScalar(node) && (typeof value !== 'object' || value === null)) {
    node.value = value
    if (!isBlock(node)) quoted(node)
    return true
  }
  if (isSeq(node) && Array.isArray(value)) {
    const rest = [...(node as YAMLSeq).items]
    node.items = value.map((item) => {
      const at = rest.findIndex((one) => isDeepStrictEqual(plain(document, one), item))
      return at < 0 ? nodeOf(document, item) : rest.splice(at, 1)[0]
    })
    return true
  }
  if (!isMap(node) || typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const wanted = new Map(Object.entries(value))
  for (const key of Object.keys(node.toJSON() as object)) if (!wanted.has(key)) node.delete(key)
  for (const [key, member] of wanted)
    if (!isDeepStrictEqual(plain(document, node.get(key, true)), member)) node.set(key, nodeOf(document, member))
  return true
}

const plain = (document: Document, node: unknown): unknown => {
  const real = isAlias(node) ? node.resolve(document) : node
  return isScalar(real) || isMap(real) || isSeq(real) ? real.toJS(document) : real
}

/** How a text is written, as far as the API can be told. */
function styleOf(text: string): ToStringOptions {
  const indent = /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2
  return {
    indent,
    lineWidth: 0,
    flowCollectionPadding: /\{ \S/.test(text),
    indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*\n\1- /m.test(text),
  }
}
