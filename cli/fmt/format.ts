import { isDeepStrictEqual } from 'node:util'
import { type Document, isMap, isScalar, type Pair, parseAllDocuments, type ToStringOptions } from 'yaml'
import { PlumblineError } from '../../config/errors.ts'

/** What a document begins with; everything else keeps its order. */
const FIRST = ['apiVersion', 'kind', 'metadata']
/** Long texts stay on their line: a fold would be another text to a reader of the file. */
const STYLE: ToStringOptions = { indent: 2, lineWidth: 0, flowCollectionPadding: false }

/**
 * A YAML file in the one form: two spaces, `apiVersion`, `kind` and `metadata` first, no space at the end of lines. Comments, quotes and
 * `{}` stay. It means what it meant; formatting it again changes nothing. Throws INVALID_DOCUMENT for what is no YAML.
 */
export function formatted(text: string, file: string): string {
  const documents = documentsIn(text, file)
  const meaning = documents.map((document) => document.toJS())
  for (const document of documents) order(document)
  const written = documents.map(textOf).join('')
  const after = documentsIn(written, file)
  if (
    !isDeepStrictEqual(
      after.map((document) => document.toJS()),
      meaning,
    )
  )
    throw new PlumblineError('INTERNAL', `${file}: formatting would change its meaning; it was left as it is`)
  return written
}

function documentsIn(text: string, file: string): readonly Document.Parsed[] {
  const parsed = parseAllDocuments(text)
  const documents = 'empty' in parsed ? [] : parsed
  const mistake = documents.flatMap((document) => document.errors)[0]
  if (mistake === undefined) return documents
  throw new PlumblineError('INVALID_DOCUMENT', `${file}: ${mistake.message.split('\n')[0]}`, {
    help: 'See every mistake with: plumbline validate',
  })
}

function textOf(document: Document.Parsed, index: number): string {
  if (index > 0) document.directives.docStart = true
  return document.toString(STYLE)
}

function order(document: Document.Parsed): void {
  if (isMap(document.contents)) document.contents.items.sort((a, b) => rankOf(a) - rankOf(b))
}

/** The rank of a pair; the sort is stable. */
function rankOf({ key }: Pair): number {
  const at = isScalar(key) ? FIRST.indexOf(String(key.value)) : -1
  return at < 0 ? FIRST.length : at
}
