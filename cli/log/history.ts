import { isDeepStrictEqual } from 'node:util'
import { PlumblineError } from '../../config/errors.ts'
import { parseText } from '../../config/load/parse.ts'
import { didYouMean } from '../../config/load/suggest.ts'
import { placesFor, type Selection } from '../../config/project/documents.ts'
import { type Commit, Repository, repositoryOf } from '../../config/project/git.ts'
import { placedAddressOf, type Resource } from '../../config/resource.ts'
import { evidenceOf, evidencesAt } from '../../evidence/places.ts'
import { readRecords } from '../../evidence/read.ts'
import type { Predicate } from '../../evidence/statement.ts'
import type { ChainStore } from '../../evidence/store.ts'
import { Checkout } from '../../review/git.ts'
import { projectFiles, readTextOf } from '../project-files.ts'

/** Something that happened to an object or to its document. */
export interface HistoryEvent {
  /** ISO 8601. */
  readonly at: string
  readonly what: 'committed' | 'applied' | 'drift corrected' | 'failed' | 'skipped' | 'interrupted'
  /** Author, or who ran it. */
  readonly by: string
  readonly commit?: string
  /** Title of the commit, or what was done to which fields. */
  readonly text: string
  readonly approvedBy?: readonly string[]
  readonly change?: string
}

/** The history of an object, oldest first, from git and from the records of an environment. Throws USAGE for one that nobody knows. */
export async function historyOf(
  address: string,
  selection: Selection & { readonly evidence?: string },
): Promise<readonly HistoryEvent[]> {
  const { project, documents, overlays } = projectFiles(selection)
  const texts = await Promise.all(
    [...documents, ...overlays].map(async (file) => [file, await readTextOf(file)] as const),
  )
  const files = texts.filter(([, text]) => documentsIn(text, address).length > 0).map(([file]) => file)
  const applied: HistoryEvent[] = []
  for (const store of await chainsOf(selection)) applied.push(...eventsIn(await readRecords(store), address))
  if (files.length === 0 && applied.length === 0) throw unknown(address, texts)
  const root = repositoryOf(project)
  const committed = root === undefined ? [] : commitsOf(new Repository(root), files, address)
  return [...committed, ...applied].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

const chainsOf = async (selection: Selection & { readonly evidence?: string }): Promise<readonly ChainStore[]> =>
  selection.evidence === undefined
    ? [await evidenceOf(placesFor(selection, process.env))]
    : evidencesAt(selection.evidence)

function unknown(address: string, texts: readonly (readonly [string, string])[]): PlumblineError {
  const known = texts.flatMap(([file, text]) =>
    parseText(file, text).documents.flatMap(({ value }) => addressIn(value)),
  )
  return new PlumblineError('USAGE', `nothing is known of ${address}${didYouMean(address, known)}`, {
    help: 'Addresses are Kind/name or Kind/namespace/name, as `plumbline plan` shows them.',
  })
}

function addressIn(value: unknown): readonly string[] {
  const { kind, metadata } = (value ?? {}) as Partial<Resource>
  return typeof kind === 'string' && typeof metadata?.name === 'string' ? [placedAddressOf({ kind, metadata })] : []
}

/** What a text says of one object: its document, and overlays of it. */
const documentsIn = (text: string, address: string): readonly unknown[] =>
  parseText('', text).documents.flatMap(({ value }) => (addressIn(value)[0] === address ? [value] : []))

/** Commits after which the files say something else of the object. */
function commitsOf(repository: Repository, files: readonly string[], address: string): readonly HistoryEvent[] {
  const { pathOf } = new Checkout(repository.root, {})
  const paths = files.map(pathOf)
  let before: readonly unknown[] = []
  return repository
    .log(paths)
    .toReversed()
    .flatMap((commit) => {
      const blobs = repository.files(commit.id, paths, () => false)
      const now = blobs.flatMap(({ text }) => documentsIn(text.toString('utf8'), address))
      if (isDeepStrictEqual(now, before)) return []
      before = now
      return [eventOf(commit)]
    })
}

const eventOf = ({ id, at, author, title }: Commit): HistoryEvent => ({
  at,
  what: 'committed',
  by: author,
  commit: id,
  text: title,
})

/** What runs did to the object, also while another document spoke for it. */
function eventsIn(records: readonly Predicate[], address: string): readonly HistoryEvent[] {
  const names = new Set([address])
  const ended = new Set(records.filter(({ phase }) => phase === 'ended').map(({ run }) => run))
  const events: HistoryEvent[] = []
  for (const record of records.toReversed()) {
    // The end says all that the beginning does.
    if (record.phase === 'begun' && ended.has(record.run)) continue
    const object = record.objects.find((one) => names.has(one.address))
    if (object === undefined) continue
    if (object.from !== undefined) names.add(object.from)
    events.push(appliedEvent(record, object))
  }
  return events.reverse()
}

function appliedEvent(
  record: Predicate,
  { action, drift, fields, status, error }: Predicate['objects'][number],
): HistoryEvent {
  const { at, who, commit, approvedBy, change } = record
  const done = drift ? 'drift corrected' : 'applied'
  return {
    at,
    what: status === undefined ? 'interrupted' : status === 'done' ? done : status,
    by: who.user,
    ...(commit && { commit: commit.id }),
    text: [action, ...(error === undefined ? [] : [error]), ...fields].join(' '),
    ...(approvedBy.length > 0 && { approvedBy }),
    ...(change !== undefined && { change }),
  }
}
