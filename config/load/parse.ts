import { Composer, type Document, LineCounter, Parser, type YAMLError } from 'yaml'
import type { Diagnostic } from '../resource.ts'
import { toJson, type ValueMistake } from './convert.ts'
import { describe, offsetOf } from './messages.ts'
import { YAML_OPTIONS } from './options.ts'
import { originOf, placeAt, type SourceOrigin } from './origin.ts'
import { type QuickDocument, quickDocuments } from './quick-parser.ts'

/** One document of a file as plain JSON, not yet known to be a Resource. */
export interface SourceDocument {
  readonly value: unknown
  readonly origin: SourceOrigin
}

/** What could be read, and what a person has to mend. A document with a mistake is left out. */
export interface Parsed {
  readonly documents: readonly SourceDocument[]
  readonly diagnostics: readonly Diagnostic[]
}

/** More than a person reads about one document at once. */
const MAX_MISTAKES = 50

/** Control characters that YAML 1.2 (section 5.1) keeps out of a stream, and what breaks lines in YAML 1.1 only. */
const CONTROL = /[^\P{Cc}\t\n\r]|[\u2028\u2029]/u

/** Reads the documents of one YAML 1.2 or JSON text. `file` is the name that messages show. Never throws for bad text. */
export function parseText(file: string, text: string): Parsed {
  const quick = quickDocuments(text)
  return quick === undefined ? parseFully(file, text) : { documents: withOrigins(file, text, quick), diagnostics: [] }
}

function withOrigins(file: string, text: string, quick: readonly QuickDocument[]): readonly SourceDocument[] {
  const lines = new LineCounter()
  lineStarts(text, lines)
  return quick.map(({ value, ...place }) => ({ value, origin: originOf({ file, text, lines, ...place }) }))
}

/** `parseText` for all of YAML, with words for every mistake. */
export function parseFully(file: string, text: string): Parsed {
  const lines = new LineCounter()
  const fail = (offset: number, message: string) => invalid(file, lines, offset, message)
  const control = CONTROL.exec(text)
  if (control) {
    lineStarts(text, lines)
    return { documents: [], diagnostics: [fail(control.index, `${codePoint(control[0])} cannot stand in YAML`)] }
  }
  return withoutEnvironment(() => collect(file, text, lines, fail))
}

/**
 * The parser looks up a debugging switch in `process.env` at every token, which crosses into native code and takes a third
 * of its time. Nothing else runs meanwhile: reading is synchronous.
 */
function withoutEnvironment<T>(work: () => T): T {
  const { env } = process
  process.env = {}
  try {
    return work()
  } finally {
    process.env = env
  }
}

type Fail = (offset: number, message: string) => Diagnostic

function collect(file: string, text: string, lines: LineCounter, fail: Fail): Parsed {
  const documents: SourceDocument[] = []
  const diagnostics: Diagnostic[] = []
  const composer = new Composer(YAML_OPTIONS)
  for (const document of composer.compose(new Parser(lines.addNewLine).parse(text))) {
    const { value, mistakes } = read(document, text)
    for (const { offset, message } of mistakes.slice(0, MAX_MISTAKES)) diagnostics.push(fail(offset, message))
    if (mistakes.length === 0 && value !== null)
      documents.push({ value, origin: originOf(source(file, text, lines, document)) })
  }
  for (const error of composer.streamInfo().errors) diagnostics.push(fail(error.pos[0], describe(error, text)))
  return { documents, diagnostics }
}

function read(
  document: Document.Parsed,
  text: string,
): { readonly value: unknown; readonly mistakes: readonly ValueMistake[] } {
  const error = firstError(document)
  const mistake = error ? { offset: offsetOf(error, document), message: describe(error, text) } : otherVersion(document)
  return mistake ? { value: null, mistakes: [mistake] } : toJson(document.contents)
}

/** What the parser only warns of, yet would read in a way that the writer did not mean. */
const REFUSED_WARNINGS: ReadonlySet<string> = new Set(['TAG_RESOLVE_FAILED', 'BAD_DIRECTIVE'])

/** Of a syntax error only the first report helps: the rest follows from it. */
function firstError(document: Document): YAMLError | undefined {
  const warnings = document.warnings.filter((w) => REFUSED_WARNINGS.has(w.code))
  return [...document.errors, ...warnings].sort((a, b) => a.pos[0] - b.pos[0])[0]
}

/** The directive would have to change how values are read (`yes`, `0777`); one reading is enough. */
function otherVersion({ directives, contents }: Document.Parsed): ValueMistake | undefined {
  if (!directives.yaml.explicit || directives.yaml.version === '1.2') return undefined
  return { offset: contents?.range?.[0] ?? 0, message: 'only YAML 1.2 is read; remove the %YAML directive before this' }
}

function source(file: string, text: string, lines: LineCounter, document: Document.Parsed) {
  const [start, , end] = document.range
  return { file, text, lines, start, end, content: document.contents?.range?.[0] ?? start }
}

function invalid(file: string, lines: LineCounter, offset: number, message: string): Diagnostic {
  return { severity: 'error', code: 'INVALID_DOCUMENT', message, ...placeAt(file, lines, offset) }
}

function lineStarts(text: string, lines: LineCounter): void {
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
}

const codePoint = (char: string): string => {
  const code = char.charCodeAt(0).toString(16).padStart(4, '0')
  return `the ${/\p{Cc}/u.test(char) ? 'control character' : 'line break'} U+${code}`
}
