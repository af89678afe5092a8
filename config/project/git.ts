import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { PlumblineError } from '../errors.ts'

/** The folder of the repository that a path lies in; `undefined` outside of one. */
export function repositoryOf(path: string): string | undefined {
  const folder = resolve(path)
  if (existsSync(resolve(folder, '.git'))) return folder
  return dirname(folder) === folder ? undefined : repositoryOf(dirname(folder))
}

/** A regular file of a commit. */
export interface Blob {
  /** From the root of the repository, with `/`. */
  readonly path: string
  readonly text: Buffer
}

/** A commit, for people. */
export interface Commit {
  readonly id: string
  /** ISO 8601. */
  readonly at: string
  readonly author: string
  readonly title: string
}

const MAX_COMMITS = 500
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024
const PATIENCE_MS = 20_000
/** Where git looks by itself: a hook that runs us points them elsewhere. */
const LOCATIONS = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_COMMON_DIR'] as const

/**
 * A repository, read by plumbing alone: nothing is checked out, and no hook, filter, text conversion or pager runs. Throws
 * IO when git cannot be run.
 */
export class Repository {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  /** The commit that a name stands for; `undefined` when there is none. */
  commit(name: string): string | undefined {
    return this.#line('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`)
  }

  /** What a symbolic name points at, e.g. `HEAD` at `refs/heads/main`. */
  target(name: string): string | undefined {
    return this.#line('symbolic-ref', '--quiet', name)
  }

  /** Whether everything in a commit is in another one, too. */
  isIn(commit: string, other: string): boolean {
    return this.#line('merge-base', commit, other) === commit
  }

  /** The last commits that touched paths, the newest first. */
  log(paths: readonly string[]): readonly Commit[] {
    if (paths.length === 0 || this.commit('HEAD') === undefined) return []
    const format = '--format=%H%x00%cI%x00%an%x00%s'
    const lines = this.#run(['log', `--max-count=${MAX_COMMITS}`, format, '--', ...paths]).toString('utf8')
    return lines.split('\n').flatMap((line) => {
      const [id = '', at = '', author = '', title = ''] = line.split('\0')
      return id === '' ? [] : [{ id, at, author, title }]
    })
  }

  /** Whether files below a path are otherwise than the last commit has them; what Plumbline remembers does not count. */
  hasChanges(path: string): boolean {
    const args = ['-c', 'core.fsmonitor=false', 'status', '--porcelain', '--untracked-files=all', '--', path]
    const lines = this.#run(args).toString('utf8').split('\n')
    return lines.some((line) => line !== '' && !line.includes('.plumbline/'))
  }

  /** Regular files that paths (from the root) name, and those below them that `wanted` takes. Links and submodules are left out. */
  files(commit: string, paths: readonly string[], wanted: (path: string) => boolean): readonly Blob[] {
    const below = paths.includes('') ? [] : paths
    const list = this.#run(['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...below])
    const all = list.toString('utf8').split('\0').flatMap(regularFile)
    const found = all.filter(({ path }) => paths.includes(path) || wanted(path))
    if (found.length === 0) return []
    return readBatch(this.#run(['cat-file', '--batch'], `${found.map(({ id }) => id).join('\n')}\n`), found)
  }

  #line(...args: readonly string[]): string | undefined {
    try {
      return this.#run(args).toString('utf8').trim() || undefined
    } catch (error) {
      // What git calls a question without an answer; it is silent then.
      if ((error as PlumblineError).cause instanceof Error && isNo((error as PlumblineError).cause)) return undefined
      throw error
    }
  }

  #run(args: readonly string[], input = ''): Buffer {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !LOCATIONS.some((l) => l === name)))
    try {
      return execFileSync('git', ['--no-replace-objects', '--literal-pathspecs', '-C', this.root, ...args], {
        input,
        env: { ...env, GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' },
        maxBuffer: MAX_OUTPUT_BYTES,
        timeout: PATIENCE_MS,
        stdio: ['pipe', 'pipe', 'pipe'],
      })
    } catch (cause) {
      const said = String((cause as { stderr?: Buffer }).stderr ?? (cause as Error).message).trim()
      throw new PlumblineError('IO', `git cannot read ${this.root}: ${said.split('\n')[0]}`, { cause })
    }
  }
}

/** Status 1, without a word. */
const isNo = (cause: unknown): boolean => {
  const { status, stderr } = cause as { status?: number; stderr?: Buffer }
  return status === 1 && String(stderr ?? '').trim() === ''
}

interface Listed {
  readonly id: string
  readonly path: string
}

function regularFile(line: string): readonly Listed[] {
  const [, id, path] = /^100(?:644|755) blob ([0-9a-f]+)\t(.+)$/s.exec(line) ?? []
  const isPlain = path !== undefined && !path.split('/').some((part) => part === '..' || part === '.git')
  return id === undefined || path === undefined || !isPlain ? [] : [{ id, path }]
}

/** Answers of `git cat-file --batch`: `<id> blob <size>`, the bytes, a line feed. */
function readBatch(output: Buffer, listed: readonly Listed[]): readonly Blob[] {
  let at = 0
  return listed.map(({ id, path }) => {
    const end = output.indexOf(10, at)
    const [found, type, size] = output.toString('utf8', at, end).split(' ')
    if (found !== id || type !== 'blob') throw new PlumblineError('IO', `git does not have ${path} at hand`)
    at = end + 1 + Number(size) + 1
    return { path, text: output.subarray(end + 1, at - 1) }
  })
}
