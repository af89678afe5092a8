import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { PlumblineError } from '../errors.ts'
import { mayHoldDocuments } from '../load/files.ts'
import { isPathWithin } from '../load/regular-file.ts'
import { type Blob, Repository, repositoryOf } from './git.ts'

/** The word for the checkout as it lies there. */
export const CHECKOUT = '.'

/** How a person consents to what no reviewed revision holds. */
export const CONSENT =
  'Name the revision that was reviewed with --trust REV (or PLUMBLINE_TRUST); --trust . trusts this checkout as it is'

/** The revision that says what may be read and reached. */
export interface Trusted {
  readonly repository: Repository
  /** As people name it; without a commit nobody can tell which one it is. */
  readonly name: string
  readonly commit: string | undefined
}

/**
 * Whom a run over files in a folder trusts: the revision that is named, else the default branch wherever the checkout
 * holds something that is not on it. `undefined`: the checkout itself, since it is named, is the default branch or lies
 * in no repository.
 */
export function trustedIn(folder: string, named: string | undefined): Trusted | undefined {
  if (named === CHECKOUT) return undefined
  const root = repositoryOf(folder)
  if (root === undefined) {
    if (named === undefined) return undefined
    throw new PlumblineError('USAGE', `${folder} is in no git repository, so there is no revision ${named} to trust`)
  }
  const repository = new Repository(root)
  return named === undefined ? byDefault(repository) : revision(repository, named)
}

function revision(repository: Repository, name: string): Trusted {
  const commit = repository.commit(name)
  if (commit !== undefined) return { repository, name, commit }
  throw new PlumblineError('USAGE', `there is no revision ${name} in ${repository.root}`, {
    help: 'Name a branch, tag or commit that this clone has; a shallow clone has to fetch it first.',
  })
}

const DEFAULTS = ['refs/remotes/origin/main', 'refs/remotes/origin/master', 'refs/heads/main', 'refs/heads/master']

function byDefault(repository: Repository): Trusted | undefined {
  const head = repository.commit('HEAD')
  // Before its first commit a repository has nothing that could have been reviewed.
  if (head === undefined) return undefined
  const reviewed =
    repository.target('refs/remotes/origin/HEAD') ?? DEFAULTS.find((ref) => repository.commit(ref) !== undefined)
  const commit = reviewed === undefined ? undefined : repository.commit(reviewed)
  if (reviewed === undefined || commit === undefined)
    return { repository, name: 'the reviewed branch', commit: undefined }
  if (branchOf(repository.target('HEAD')) === branchOf(reviewed)) return undefined
  const isReviewed = repository.isIn(head, commit)
  return { repository, name: isReviewed ? 'HEAD' : branchOf(reviewed), commit: isReviewed ? head : commit }
}

const branchOf = (ref = ''): string => ref.replace(/^refs\/(heads|remotes\/[^/]+)\//, '')

/** Runs `work` on a copy of files and folders of the trusted commit; `at` gives the place of a path in the copy. */
export function withCopy<T>(
  { repository, commit }: Trusted & { readonly commit: string },
  work: (copy: { readonly add: (paths: readonly string[]) => void; readonly at: (path: string) => string }) => T,
): T {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-trusted-'))
  const within = (path: string) => relative(repository.root, path).split(sep).join('/')
  try {
    return work({
      at: (path) => join(folder, within(path)),
      add: (paths) => {
        const inside = paths.filter((path) => isPathWithin(path, repository.root)).map(within)
        if (inside.length > 0)
          for (const blob of repository.files(commit, inside, mayHoldDocuments)) write(folder, blob)
      },
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function write(folder: string, { path, text }: Blob): void {
  const target = join(folder, path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text, { mode: 0o600 })
}
