import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent } from 'js-yaml'
import { isScalar, type ScalarTag } from 'yaml'
import { isRefusedKey } from './convert.ts'
import { YAML_OPTIONS } from './options.ts'
import { otherReading } from './yaml-1-1.ts'

/** One document of a text, with the offsets of its text and of its first value. */
export interface QuickDocument {
  readonly value: unknown
  readonly start: number
  readonly end: number
  readonly content: number
}

/** Control characters, marks, directives and lines that a tab begins: refused, or read by two parsers in ways of their own. */
const UNUSUAL = /[^\P{Cc}\t\n]|[\uFEFF\u2028\u2029]|^%|^\.\.\.|^ *\t/mu
/** Starts a document wherever it stands, also inside a text of several lines (YAML 1.2, section 9.1.3). */
const MARKER = /^---(?=[ \t\n]|$)/gm
/** Below the bound of `convert.ts`, which has the words for what is nested deeper. */
const MAX_DEPTH = 90
const MAX_KEY = 1_000

/**
 * The documents of a text that needs no more of YAML than maps, lists and values, and has no mistake; `undefined` for
 * every other text, which the full reader has to look at. A fifth of its time.
 */
export function quickDocuments(text: string): readonly QuickDocument[] | undefined {
  if (UNUSUAL.test(text)) return undefined
  try {
    return partsOf(text).flatMap(([start, end]) => documentIn(text.slice(start, end), start))
  } catch {
    // Whatever is wrong here, the full reader finds the words for it.
    return undefined
  }
}

function partsOf(text: string): readonly (readonly [start: number, end: number])[] {
  const starts = [0, ...Array.from(text.matchAll(MARKER), (match) => match.index)]
  return starts.map((start, i) => [start, starts[i + 1] ?? text.length] as const)
}

function documentIn(text: string, start: number): readonly QuickDocument[] {
  const events = parseEvents(text, { maxDepth: MAX_DEPTH })
  if (events.length === 0) return []
  const [, first] = events
  if (first?.type !== EVENT_ID.MAPPING) return notPlain()
  const value = new Builder(text, events).document()
  return [{ value, start, end: start + text.length, content: start + first.start }]
}

const notPlain = (): never => {
  throw new Error('not plain')
}

/** Makes values of the events of one document. Throws at all that is not plain. */
class Builder {
  readonly #text: string
  readonly #events: readonly Event[]
  #next = 0

  constructor(text: string, events: readonly Event[]) {
    this.#text = text
    this.#events = events
  }

  document(): unknown {
    this.#next = 1
    const value = this.#value()
    // Behind it comes the end of the document, and no other.
    return this.#next === this.#events.length - 1 ? value : notPlain()
  }

  #value(): unknown {
    const event = this.#events[this.#next++]
    if (event === undefined || !('tagStart' in event)) return notPlain()
    if (event.tagStart >= 0 || event.anchorStart >= 0) return notPlain()
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event)
    return event.type === EVENT_ID.MAPPING ? this.#map() : this.#list()
  }

  #scalar(event: ScalarEvent): unknown {
    if (event.style !== SCALAR_STYLE.PLAIN) return getScalarValue(this.#text, event)
    return event.valueStart < 0 ? null : plainValue(getScalarValue(this.#text, event))
  }

  #map(): unknown {
    const out: Record<string, unknown> = {}
    while (!this.#isPopped()) {
      const key = this.#key()
      if (isRefusedKey(key) || Object.hasOwn(out, key)) return notPlain()
      out[key] = this.#value()
    }
    return out
  }

  #key(): string {
    const event = this.#events[this.#next++]
    if (event?.type !== EVENT_ID.SCALAR || !event.fast || event.tagStart >= 0 || event.anchorStart >= 0)
      return notPlain()
    const length = event.valueEnd - event.valueStart
    if (event.valueStart < 0 || length > MAX_KEY) return notPlain()
    const key = getScalarValue(this.#text, event)
    return event.style === SCALAR_STYLE.PLAIN && otherReading(key) !== undefined ? notPlain() : key
  }

  #list(): unknown {
    const out: unknown[] = []
    while (!this.#isPopped()) out.push(this.#value())
    return out
  }

  #isPopped(): boolean {
    if (this.#events[this.#next]?.type !== EVENT_ID.POP) return false
    this.#next += 1
    return true
  }
}

/** First characters of what the core schema reads as something else than a text. */
const MAYBE_OTHER = /^[-+.\d~nNtTfF]/
const SHORT_NUMBER = /^-?(?:[1-9]\d{0,14}|0)$/
const OTHERS = YAML_OPTIONS.schema.tags.filter((tag): tag is ScalarTag => tag.default === true && 'test' in tag)

function plainValue(source: string): unknown {
  if (otherReading(source) !== undefined) return notPlain()
  if (!MAYBE_OTHER.test(source)) return source
  if (SHORT_NUMBER.test(source)) return Number(source)
  const tag = OTHERS.find(({ test }) => test?.test(source))
  const found: unknown = tag?.resolve(source, notPlain, {}) ?? source
  const value = isScalar(found) ? found.value : found
  return typeof value === 'number' && !isExact(value) ? notPlain() : value
}

const isExact = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
