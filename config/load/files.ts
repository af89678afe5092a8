import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import type { Diagnostic } from '../resource.ts'

const MAX_FILE_BYTES = 5 * 1024 * 1024
const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json'])
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules'])

/** Files to read, in a fixed order, and what was found in the way. */
export interface Listing {
  readonly files: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Every `.yaml`, `.yml` and `.json` file of a folder and its subfolders, sorted by path; or the one file that `path` names.
 * Hidden names and `node_modules` are passed over. A symbolic link is followed only if it stays inside the folder.
 */
export function listFiles(path: string, display: (path: string) => string): Listing {
  const stats = statOf(path)
  if (stats === undefined)
    return { files: [], diagnostics: [problem(display(path), 'there is no such file or folder')] }
  if (!stats.isDirectory()) return { files: [path], diagnostics: [] }
  const state: Walk = { root: realpathSync(path), display, seen: new Set(), files: [], diagnostics: [] }
  walk(path, state)
  return state
}

interface Walk {
  readonly root: string
  readonly display: (path: string) => string
  /** Real paths already visited: ends cycles of links, and a file with two names is read once. */
  readonly seen: Set<string>
  readonly files: string[]
  readonly diagnostics: Diagnostic[]
}

function walk(folder: string, state: Walk): void {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.') && !SKIPPED_FOLDERS.has(name))
  for (const name of names.sort()) visit(join(folder, name), state)
}

function visit(path: string, state: Walk): void {
  const stats = statOf(path)
  const wanted = stats?.isDirectory() || EXTENSIONS.has(extname(path))
  if (!wanted) return
  if (stats === undefined) return void state.diagnostics.push(problem(state.display(path), 'this link leads nowhere'))
  const real = realpathSync(path)
  if (!isInside(real, state.root)) {
    if (lstatSync(path).isSymbolicLink())
      state.diagnostics.push(problem(state.display(path), 'this link leads out of the folder and is not followed'))
    return
  }
  if (state.seen.has(real)) return
  state.seen.add(real)
  if (stats.isDirectory()) walk(path, state)
  else if (stats.isFile()) state.files.push(path)
}

const isInside = (path: string, root: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

/** The text of a file in UTF-8, or what is wrong with it. */
export function readText(path: string, file: string): string | Diagnostic {
  if (statSync(path).size > MAX_FILE_BYTES) return problem(file, 'larger than 5 MiB; split the file')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    if (error instanceof TypeError) return problem(file, 'not a UTF-8 text')
    throw error
  }
}

/** How messages name a path: relative to the folder a person works in, with `/` on every platform. */
export function displayFrom(base: string): (path: string) => string {
  return (path) => relative(base, path).split(sep).join('/') || '.'
}

function problem(file: string, message: string): Diagnostic {
  return { severity: 'error', code: 'IO', message, file, line: 1, column: 1 }
}
