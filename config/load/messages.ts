import { type Document, isMap, isSeq, type Scalar, visit, type YAMLError, type YAMLMap, type YAMLSeq } from 'yaml'

/** What the parser's codes mean to a person. Codes that are missing here pass the parser's own words on. */
const MEANING: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab cannot indent YAML; use spaces',
  BAD_INDENT: 'the indentation does not fit the lines around it; items of one list or map start in the same column',
  BLOCK_AS_IMPLICIT_KEY:
    'a map or list cannot start here; put it on the next line, indented, or put the text in quotes',
  BLOCK_IN_FLOW: 'this does not fit inside brackets; is a comma missing?',
  MULTILINE_IMPLICIT_KEY: 'a key has to end with ":" on the line where it starts',
  KEY_OVER_1024_CHARS: 'a key can have at most 1024 characters',
  NON_STRING_KEY: 'a key has to be a plain text',
  BAD_DIRECTIVE: 'this line starting with % is not a YAML directive; put the text in quotes',
  BAD_DQ_ESCAPE: 'this escape does not exist in double quotes; use single quotes, or write \\\\ for a backslash',
  BAD_SCALAR_START: 'a value cannot start with this character; put the text in quotes',
  RESOURCE_EXHAUSTION: 'the document is nested too deeply',
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag',
  BAD_ALIAS: 'an anchor or alias needs a name, without ":" at its end',
  MULTIPLE_ANCHORS: 'a value can have one anchor only',
  MULTIPLE_TAGS: 'a value can have one tag only',
}

/** First words of the parser's text where one code covers several mistakes. */
const WORDING: readonly (readonly [start: string, meaning: string])[] = [
  ['Missing closing', 'this quote is never closed'],
  [
    'Implicit map keys need',
    'this line has neither ":" nor a place in the lines before; a field is written `name: value`',
  ],
  ['Flow map', 'this "{" is never closed by "}"'],
  ['Flow sequence', 'this "[" is never closed by "]"'],
  ['A block sequence may not', 'this list item does not start in the column of the items before it'],
  ['Missing , ', 'a comma is missing before this'],
  ['Missing space after :', 'a space is missing after ":"'],
  ['Comments must be', 'a comment needs a space before "#"; put a text that holds "#" in quotes'],
  ['Unresolved tag', 'unknown tag; only plain YAML values are read'],
]

/** A parser error in words for people, without a full stop; `text` is what was parsed. */
export function describe(error: YAMLError, text: string): string {
  if (text.startsWith('${', error.pos[0] - 1)) return 'inside brackets a variable needs quotes around it'
  const known = WORDING.find(([start]) => error.message.startsWith(start))
  return known?.[1] ?? MEANING[error.code] ?? `this is not YAML: ${lowerFirst(error.message.split('\n')[0] ?? '')}`
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** Offset to show for a parser error: what is never closed is shown where it opens, all else where the parser stopped. */
export function offsetOf(error: YAMLError, document: Document): number {
  const at = error.pos[0]
  return OPENERS.find(([start]) => error.message.startsWith(start))?.[1](document, at) ?? at
}

const OPENERS: readonly (readonly [start: string, find: (document: Document, end: number) => number | undefined])[] = [
  ['Missing closing', (document, end) => lastOpen(document, end, (node) => node.type?.startsWith('QUOTE') ?? false)],
  ['Flow map', (document, end) => lastOpen(document, end, (node) => isMap(node) && node.flow === true)],
  ['Flow sequence', (document, end) => lastOpen(document, end, (node) => isSeq(node) && node.flow === true)],
]

type Opened = Scalar | YAMLMap | YAMLSeq

/** Offset of the innermost matching node that starts before `end` and reaches it. */
function lastOpen(
  document: Document,
  end: number,
  matches: (node: Opened & { type?: string }) => boolean,
): number | undefined {
  let found: number | undefined
  const check = (_: unknown, node: Opened) => {
    const [start, reach] = node.range ?? [end, end]
    if (start < end && reach >= end && matches(node as Opened & { type?: string })) found = start
  }
  visit(document, { Scalar: check, Map: check, Seq: check })
  return found
}
