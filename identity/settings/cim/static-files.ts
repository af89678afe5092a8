import { createHash, randomUUID } from 'node:crypto'
import type { Deps } from '../../deps.ts'
import { type Organization, scopeOf } from '../../directory/organizations.ts'
import { Fault } from '../../platform/fault.ts'
import type { Collection } from '../../store/store.ts'
import { changeSettings, readSettings, SETTINGS, type Singleton } from '../store.ts'

/**
 * Types of files by the end of their names. No documents and no scripts: they would run at the address of the login pages, with the rights of
 * those. An SVG picture is a document, too, when somebody opens it; the headers that it is served with take its scripts away.
 */
const TYPES: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  css: 'text/css; charset=utf-8',
  gif: 'image/gif',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  otf: 'font/otf',
  png: 'image/png',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  txt: 'text/plain; charset=utf-8',
  webp: 'image/webp',
  woff: 'font/woff',
  woff2: 'font/woff2',
}

/** Segments of letters, digits, `.`, `_` and `-`, none of which begins with a dot. */
const PATH = /^(?=.{1,200}$)([A-Za-z0-9_-][A-Za-z0-9._-]*\/){0,7}[A-Za-z0-9_-][A-Za-z0-9._-]*$/
const MOST_FILES = 200
const MOST_FILE_BYTES = 1024 * 1024
const MOST_BYTES = 4 * 1024 * 1024
/** Of a request that holds all of them in Base64. */
export const MOST_BODY_BYTES = 6 * 1024 * 1024

/** A file as lists show it. */
export interface StaticFile {
  readonly path: string
  readonly type: string
  readonly bytes: number
  /** SHA-256, in hexadecimal digits. */
  readonly sha256: string
}

/** Files that came together, under an id of their own. */
interface FileSet {
  readonly id: string
  readonly files: readonly StaticFile[]
}

/** `next` is what was written last, `served` what is served until the next reload. */
interface StaticFiles {
  readonly next: FileSet
  readonly served: FileSet
}

const NONE: FileSet = { id: '', files: [] }
export const STATIC_FILES: Singleton<StaticFiles> = {
  name: 'static-files',
  fresh: () => ({ next: NONE, served: NONE }),
}

/** Content of one file of a set, in the scope of the organization. */
interface Content {
  readonly id: string
  readonly base64: string
}
const CONTENTS: Collection<Content> = { name: 'staticFileContents', id: (content) => content.id, indexes: [] }

const contentId = (set: string, path: string): string => `${set}/${path}`

type Parts = Pick<Deps, 'store'>

/** What was written last, and what is served. */
export async function staticFilesOf(deps: Parts, organization: Organization) {
  const { next, served } = await readSettings(deps, organization, STATIC_FILES)
  return { next: next.files, served: served.files }
}

/** Replaces all files by those of `contents` (path → Base64); they are served after a reload. Throws Fault 400, and changes nothing then. */
export async function putStaticFiles(
  deps: Parts,
  organization: Organization,
  contents: Readonly<Record<string, string>>,
): Promise<void> {
  const files = Object.entries(contents).map(([path, base64]) => fileOf(path, base64))
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  if (files.length > MOST_FILES || bytes > MOST_BYTES)
    throw new Fault(400, `There are at most ${MOST_FILES} files, of ${MOST_BYTES} bytes together.`)
  const set: FileSet = { id: randomUUID(), files }
  const scope = scopeOf(organization.organization_id)
  // The contents first: a crash in between leaves some that nobody names, and no name without its content.
  for (const [path, base64] of Object.entries(contents))
    await deps.store.create(CONTENTS, scope, { id: contentId(set.id, path), base64 })
  await change(deps, organization, (old) => ({ ...old, next: set }))
}

/** Serves from now on what was written last, all of it at once. */
export const reloadStaticFiles = (deps: Parts, organization: Organization): Promise<void> =>
  change(deps, organization, (old) => ({ ...old, served: old.next }))

/** Changes the sets, and forgets the contents of those that are gone. */
async function change(deps: Parts, organization: Organization, to: (old: StaticFiles) => StaticFiles): Promise<void> {
  let before = STATIC_FILES.fresh()
  const { next, served } = await changeSettings(deps, organization, STATIC_FILES, (old) => {
    before = old
    return to(old)
  })
  const gone = [before.next, before.served].filter(({ id }) => id !== next.id && id !== served.id)
  for (const set of gone) await forget(deps, organization, set)
}

async function forget({ store }: Parts, { organization_id }: Organization, { id, files }: FileSet): Promise<void> {
  for (const { path } of files) await store.delete(CONTENTS, scopeOf(organization_id), contentId(id, path))
}

/** A file that is served; `undefined` where there is none. */
export async function servedFile(
  deps: Parts,
  organization: Organization,
  path: string,
): Promise<{ readonly file: StaticFile; readonly content: () => Promise<Buffer> } | undefined> {
  const { served } = await readSettings(deps, organization, STATIC_FILES)
  const file = served.files.find((one) => one.path === path)
  if (file === undefined) return undefined
  const content = async (): Promise<Buffer> => {
    const stored = await deps.store.get(CONTENTS, scopeOf(organization.organization_id), contentId(served.id, path))
    // It was replaced in between.
    if (stored === undefined) throw new Fault(404, 'Nothing is served under this path.')
    return Buffer.from(stored.base64, 'base64')
  }
  return { file, content }
}

function fileOf(path: string, base64: string): StaticFile {
  const end = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  const type = Object.hasOwn(TYPES, end) ? TYPES[end] : undefined
  if (!PATH.test(path))
    throw new Fault(400, `'${path}' is no path of a file. Use letters, digits, '.', '_' and '-', and '/' between them.`)
  if (type === undefined)
    throw new Fault(400, `'${path}' is of no type that is served: ${Object.keys(TYPES).join(', ')}.`)
  const content = Buffer.from(base64, 'base64')
  if (content.toString('base64') !== base64) throw new Fault(400, `'${path}' is not in Base64.`)
  if (content.length > MOST_FILE_BYTES) throw new Fault(400, `'${path}' is larger than ${MOST_FILE_BYTES} bytes.`)
  return { path, type, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}

/** Of an organization that is gone. */
export async function removeStaticFiles(deps: Parts, organization: Organization): Promise<void> {
  await change(deps, organization, () => STATIC_FILES.fresh())
  await deps.store.delete(SETTINGS, scopeOf(organization.organization_id), STATIC_FILES.name)
}
