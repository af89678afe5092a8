import { isUtf8 } from 'node:buffer'
import { readdirSync, realpathSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import type { Diagnostic } from '../resource.ts'
import { isPathWithin, readRegularSync, Unreadable } from './regular-file.ts'

const MAX_FILE_BYTES = 5 * 1024 * 1024
const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json'])
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules'])

/** Whether a file of a folder is read, by its name. */
export const mayHoldDocuments = (path: string): boolean => EXTENSIONS.has(extname(path))

/** Files to read, in a fixed order, and what was found in the way. */
export interface FileListing {
  readonly files: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Every `.yaml`, `.yml` and `.json` file of a folder and its subfolders, sorted by path; or the one file that `path` names.
 * Hidden names and `node_modules` are passed over. A symbolic link is followed only if it stays inside the folder.
 */
export function listFiles(path: string, display: (path: string) => string): FileListing {
  const state: Walk = { display, seen: new Set(), files: [], diagnostics: [] }
  attempt(path, state, () => {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined) report(state, path, 'there is no such file or folder')
    else if (stats.isFile()) state.files.push(path)
    else if (stats.isDirectory()) walk(path, { ...state, root: realpathSync(path) })
    else report(state, path, 'this is neither a file nor a folder')
  })
  return state
}

interface Walk {
  readonly display: (path: string) => string
  /** Real paths already visited: ends cycles of links, and a file with two names is read once. */
  readonly seen: Set<string>
  readonly files: string[]
  readonly diagnostics: Diagnostic[]
}

interface FolderWalk extends Walk {
  /** Real path of the folder that links must not leave. */
  readonly root: string
}

function walk(folder: string, state: FolderWalk): void {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.') && !SKIPPED_FOLDERS.has(name))
  for (const name of names.sort()) {
    const path = join(folder, name)
    attempt(path, state, () => visit(path, state))
  }
}

function visit(path: string, state: FolderWalk): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats?.isDirectory() && !mayHoldDocuments(path)) return
  const real = stats && realpathSync(path)
  if (real === undefined) report(state, path, 'this link leads nowhere')
  else if (!isPathWithin(real, state.root)) report(state, path, 'this link leads out of the folder and is not followed')
  else if (!state.seen.has(real)) enter(path, real, state)
}

function enter(path: string, real: string, state: FolderWalk): void {
  state.seen.add(real)
  const stats = statSync(real)
  if (stats.isDirectory()) walk(path, state)
  else if (stats.isFile()) state.files.push(path)
}

function attempt(path: string, state: Walk, work: () => void): void {
  try {
    work()
  } catch (error) {
    report(state, path, refusalOf(error))
  }
}

function report(state: Walk, path: string, message: string): void {
  state.diagnostics.push(problem(state.display(path), message))
}

/** What the operating system said, e.g. `cannot be read (EACCES)`. Anything else is a fault of ours and passes. */
function refusalOf(error: unknown): string {
  if (error instanceof Unreadable) return error.message
  if (error instanceof Error && 'syscall' in error && 'code' in error) return `cannot be read (${String(error.code)})`
  throw error
}

/** The text of a file in UTF-8, or what is wrong with it. */
export function readText(path: string, file: string): string | Diagnostic {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) return problem(file, 'larger than 5 MiB; split the file')
    const bytes = readRegularSync(path, MAX_FILE_BYTES)
    return isUtf8(bytes) ? new TextDecoder().decode(bytes) : problem(file, 'not a UTF-8 text')
  } catch (error) {
    return problem(file, refusalOf(error))
  }
}

/** How messages name a path: relative to the folder a person works in, with `/` on every platform. */
export function displayFrom(base: string): (path: string) => string {
  return (path) => relative(base, path).split(sep).join('/') || '.'
}

function problem(file: string, message: string): Diagnostic {
  return { severity: 'error', code: 'IO', message, file, line: 1, column: 1 }
}
