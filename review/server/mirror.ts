import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PlumblineError } from '../../config/errors.ts'
import type { Forge, PullRequest } from '../../forge/model.ts'

const run = promisify(execFile)

/** Nothing of a repository is run or followed: no hook, filter, link, submodule, redirect or foreign protocol. */
const SETTINGS: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.symlinks': 'false',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  'transfer.fsckObjects': 'true',
  // What tools of long ago have left in many repositories harms nobody.
  'fetch.fsck.zeroPaddedFilemode': 'ignore',
  'fetch.fsck.badTimezone': 'ignore',
  'fetch.fsck.missingSpaceBeforeDate': 'ignore',
  'http.followRedirects': 'false',
  'protocol.allow': 'never',
  'protocol.https.allow': 'always',
  'protocol.http.allow': 'always',
  'credential.helper': '',
  'gc.auto': '0',
}

/** Who makes the commits in which a head is merged into its base: the same commits give the same one. */
const NOBODY = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'plumbline'],
    [`GIT_${who}_EMAIL`, 'plumbline@localhost'],
    [`GIT_${who}_DATE`, '2000-01-01T00:00:00Z'],
  ]),
)

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024
const PATIENCE_MS = 300_000

/** Commits of a pull request as the forge has them now. */
export interface Tips {
  readonly base: string
  readonly head: string
}

/** A bare copy of the repository, with folders in which commits lie as files. Throws IO when git fails. */
export class Mirror {
  readonly #folder: string
  readonly #forge: Forge
  readonly #env: NodeJS.ProcessEnv

  /** `env`: variables for git; what points it elsewhere is left out. */
  constructor(folder: string, forge: Forge, env: NodeJS.ProcessEnv) {
    this.#folder = folder
    this.#forge = forge
    this.#env = env
  }

  /** Gets the tip of the base and the head of a pull request. */
  async fetch({ number, base }: PullRequest): Promise<Tips> {
    await this.#open()
    const refs = { base: `refs/plumbline/base/${base.branch}`, head: `refs/plumbline/pull/${number}` }
    const specs = [`+refs/heads/${base.branch}:${refs.base}`, `+refs/pull/${number}/head:${refs.head}`]
    const { url, authorization } = await this.#forge.gitAccess()
    const header = { [`http.${new URL(url).origin}/.extraHeader`]: `Authorization: ${authorization}` }
    await this.#git(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', url, ...specs], header)
    return { base: await this.#commit(refs.base), head: await this.#commit(refs.head) }
  }

  /** What the merge of a pull request would make: a commit; `undefined` when the two clash. */
  async merge({ base, head }: Tips): Promise<string | undefined> {
    const tree = await this.#git(['merge-tree', '--write-tree', '--no-messages', base, head]).catch((error) => {
      if ((error as PlumblineError & { cause?: { code?: number } }).cause?.code === 1) return undefined
      throw error
    })
    return tree === undefined ? undefined : this.#git(['commit-tree', tree, '-p', base, '-p', head, '-m', 'merged'])
  }

  /**
   * What a merged pull request was merged into: `base`, unless that holds the merge already, since the forge moved the
   * branch a moment before it called the pull request merged. Of a squash or a rebase it is where the branch began: rather
   * too much is told than too little.
   */
  async before(base: string, { merge, head }: { readonly merge: string; readonly head: string }): Promise<string> {
    if (!(await this.holds(base, merge))) return base
    const [, first, second] = (await this.#git(['rev-list', '--parents', '--max-count=1', merge])).split(' ')
    if (first === undefined || second !== undefined) return first ?? base
    return this.#git(['merge-base', first, head])
  }

  /** Whether a commit holds another one. */
  holds = async (commit: string, part: string): Promise<boolean> =>
    (await this.#git(['rev-list', '--max-count=1', part, `^${commit}`])) === ''

  /** Paths of a commit that are no files: links and submodules. They are not followed. */
  async notFollowed(commit: string): Promise<readonly string[]> {
    const list = await this.#git(['ls-tree', '-r', '-z', '--full-tree', commit])
    return list.split('\0').flatMap((line) => /^(?:120000|160000) \w+ \w+\t(.+)$/s.exec(line)?.[1] ?? [])
  }

  /** Runs `work` in a folder with the files of a commit, which is gone afterwards. */
  async checkedOut<T>(commit: string, work: (folder: string) => Promise<T>): Promise<T> {
    await mkdir(join(this.#folder, 'worktrees'), { recursive: true })
    const folder = await mkdtemp(join(this.#folder, 'worktrees/review-'))
    try {
      await this.#checkOut(folder, commit)
      return await work(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
      await this.#git(['worktree', 'prune'])
    }
  }

  /** The folder in which plans are made and applied: the files of the commit, and what Plumbline remembers beside them. */
  async live(commit: string): Promise<string> {
    const folder = join(this.#folder, 'live')
    await this.#refuseMemory(commit)
    await this.#checkOut(folder, commit)
    return folder
  }

  async #checkOut(folder: string, commit: string): Promise<void> {
    if (!existsSync(join(folder, '.git')))
      await this.#git(['worktree', 'add', '--quiet', '--force', '--no-checkout', '--detach', folder, commit])
    await this.#git(['-C', folder, 'checkout', '--quiet', '--force', '--detach', commit])
    await this.#git(['-C', folder, 'clean', '-ffdxq', '-e', '.plumbline'])
  }

  /** A branch must not bring what Plumbline remembers of its own work. */
  async #refuseMemory(commit: string): Promise<void> {
    const paths = (await this.#git(['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit])).split('\0')
    const found = paths.find((path) => path.split('/').some((part) => part.toLowerCase() === '.plumbline'))
    if (found === undefined) return
    throw new PlumblineError('REFUSED', `the branch holds ${found}, which is where Plumbline keeps what it knows`, {
      help: 'Remove it from the branch, and add .plumbline to .gitignore.',
    })
  }

  async #open(): Promise<void> {
    const bare = join(this.#folder, 'mirror.git')
    if (existsSync(join(bare, 'HEAD'))) return
    await mkdir(bare, { recursive: true })
    await this.#git(['init', '--quiet', '--bare'])
  }

  #commit = (ref: string): Promise<string> => this.#git(['rev-parse', '--verify', `${ref}^{commit}`])

  async #git(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string> {
    const outside = Object.entries(this.#env).filter(([name]) => !name.startsWith('GIT_'))
    const settings = Object.entries({ ...SETTINGS, ...more })
    const env = {
      ...Object.fromEntries(outside),
      ...NOBODY,
      ...Object.fromEntries(
        settings.flatMap(([key, value], i) => [
          [`GIT_CONFIG_KEY_${i}`, key],
          [`GIT_CONFIG_VALUE_${i}`, value],
        ]),
      ),
      GIT_CONFIG_COUNT: String(settings.length),
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
      ...(args[0] === '-C' ? {} : { GIT_DIR: join(this.#folder, 'mirror.git') }),
    }
    try {
      const { stdout } = await run('git', [...args], { env, maxBuffer: MAX_OUTPUT_BYTES, timeout: PATIENCE_MS })
      return stdout.trim()
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
        throw new PlumblineError('IO', 'git is not on the PATH', { cause, help: 'Install git 2.38 or newer.' })
      const [first = 'it failed'] = String((cause as { stderr?: string }).stderr ?? '')
        .trim()
        .split('\n')
      throw new PlumblineError('IO', `git ${args.find((word) => /^[a-z]/.test(word))}: ${first}`, {
        cause,
        retry: 'backoff',
      })
    }
  }
}
