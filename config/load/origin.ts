import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, parseDocument } from 'yaml'
import { pathSteps } from '../references.ts'
import type { Origin, Pointer } from '../resource.ts'
import { YAML_OPTIONS } from './options.ts'

/** A place in a file; line and column count from 1. */
export interface SourcePlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** An origin that also knows the file of each value, since overlays bring values from other files. */
export interface SourceOrigin extends Origin {
  locate(pointer: Pointer, part?: 'key' | 'value'): SourcePlace
  /** Whether the pointer itself is written down here. */
  has(pointer: Pointer): boolean
}

/** The text of one document inside its file. */
export interface Source {
  readonly file: string
  readonly text: string
  /** Offsets in `text` where the document starts and ends. */
  readonly start: number
  readonly end: number
  /** Offset of the first value. */
  readonly content: number
  readonly lines: LineCounter
}

/** Positions of one document. They are found by reading the document again: only mistakes need them, and memory stays small. */
export function originOf(source: Source): SourceOrigin {
  let document: Document | undefined
  const read = () => {
    document ??= parseDocument(source.text.slice(source.start, source.end), YAML_OPTIONS)
    return document
  }
  const start = placeAt(source.file, source.lines, source.content)
  return {
    ...start,
    locate(pointer, part = 'value') {
      const { key, value } = walk(read(), pointer)
      const offset = (part === 'key' ? key : undefined) ?? value
      return offset === undefined ? start : placeAt(source.file, source.lines, source.start + offset)
    },
    has: (pointer) => walk(read(), pointer).complete,
  }
}

/** Line and column of an offset. */
export function placeAt(file: string, lines: LineCounter, offset: number): SourcePlace {
  const { line, col } = lines.linePos(offset)
  return { file, line, column: col }
}

interface Found {
  /** Offsets inside the document; the key is missing for list items and the document itself. */
  readonly key?: number | undefined
  readonly value: number | undefined
  /** Every step of the pointer is there. */
  readonly complete: boolean
}

function walk(document: Document, pointer: Pointer): Found {
  let node: unknown = document.contents
  let found: Found = { value: offsetOf(node), complete: true }
  for (const step of pathSteps(pointer)) {
    const next = child(deref(node, document), step)
    if (next === undefined) return { ...found, complete: false }
    node = next.value
    found = { key: offsetOf(next.key), value: offsetOf(node) ?? offsetOf(next.key), complete: true }
  }
  return found
}

const deref = (node: unknown, document: Document): unknown => (isAlias(node) ? node.resolve(document) : node)

function child(node: unknown, step: string): { key?: unknown; value: unknown } | undefined {
  if (isMap(node)) return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === step)
  if (!isSeq(node) || !/^(0|[1-9]\d*)$/.test(step)) return undefined
  const value = node.items[Number(step)]
  return value === undefined ? undefined : { value }
}

/** A value that is left empty has a range without length: its key is the better place. */
function offsetOf(node: unknown): number | undefined {
  if (!isNode(node) || !node.range) return undefined
  return isScalar(node) && node.source === '' && node.type === 'PLAIN' ? undefined : node.range[0]
}
