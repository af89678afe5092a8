import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { PlumblineError } from '../config/errors.ts'
import type { GitAccess } from '../forge/model.ts'

const run = promisify(execFile)

/** No hook, filter, redirect or helper of this machine takes part; the token goes to the forge alone. */
const SETTINGS: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'http.followRedirects': 'false',
  'credential.helper': '',
}
const PATIENCE_MS = 120_000

/** A clone of a repository, in which commits are made beside what is checked out. Throws IO when git fails. */
export class Checkout {
  readonly #root: string
  readonly #env: NodeJS.ProcessEnv

  /** `env`: what git needs of the environment, e.g. PATH. */
  constructor(root: string, env: NodeJS.ProcessEnv) {
    this.#root = root
    this.#env = env
  }

  /** A path as the repository has it. */
  pathOf = (file: string): string => relative(this.#root, file).split(sep).join('/')

  head = (): Promise<string> => this.#git(['rev-parse', '--verify', 'HEAD^{commit}'])

  /** Files below some paths that are not as the last commit has them. */
  async changed(paths: readonly string[]): Promise<readonly string[]> {
    const list = await this.#git(['status', '--porcelain', '--untracked-files=all', '--', ...paths])
    return list === '' ? [] : list.split('\n').map((line) => line.slice(2).trim())
  }

  /** The commit at which a branch stands at the forge; `undefined`: there is no such branch. */
  async tip(access: GitAccess, branch: string): Promise<string | undefined> {
    const found = await this.#remote(access, ['ls-remote', access.url, `refs/heads/${branch}`])
    return found.split('\t')[0] || undefined
  }

  /** A commit on top of another one with other texts in some files. The same texts make the same commit. */
  async commit(parent: string, texts: ReadonlyMap<string, string>, message: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-index-'))
    const env = { ...(await this.#whoAndWhen(parent)), GIT_INDEX_FILE: join(folder, 'index') }
    try {
      await this.#git(['read-tree', parent], env)
      for (const [file, text] of texts) {
        const blob = await this.#git(['hash-object', '-w', '--stdin'], env, text)
        await this.#git(['update-index', '--add', '--cacheinfo', `100644,${blob},${this.pathOf(file)}`], env)
      }
      const tree = await this.#git(['write-tree'], env)
      return await this.#git(['commit-tree', tree, '-p', parent, '-m', message], env)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** Makes a commit the tip of a branch of ours, whatever it was. */
  async push(access: GitAccess, commit: string, branch: string): Promise<void> {
    await this.#remote(access, ['push', '--quiet', '--force', access.url, `${commit}:refs/heads/${branch}`])
  }

  async #whoAndWhen(parent: string): Promise<NodeJS.ProcessEnv> {
    const date = await this.#git(['show', '--no-patch', '--format=%cI', parent])
    return Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((role) => [
        [`GIT_${role}_NAME`, 'plumbline'],
        [`GIT_${role}_EMAIL`, 'plumbline@localhost'],
        [`GIT_${role}_DATE`, date],
      ]),
    )
  }

  #remote({ url, authorization }: GitAccess, args: readonly string[]): Promise<string> {
    const settings = { ...SETTINGS, [`http.${new URL(url).origin}/.extraHeader`]: `Authorization: ${authorization}` }
    const pairs = Object.entries(settings).flatMap(([key, value], i) => [
      [`GIT_CONFIG_KEY_${i}`, key],
      [`GIT_CONFIG_VALUE_${i}`, value],
    ])
    return this.#git(args, { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(pairs.length / 2) })
  }

  async #git(args: readonly string[], env: NodeJS.ProcessEnv = {}, input?: string): Promise<string> {
    const whole = { ...this.#env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C', ...env }
    try {
      const running = run('git', ['-C', this.#root, ...args], { env: whole, timeout: PATIENCE_MS })
      if (input !== undefined) running.child.stdin?.end(input)
      return (await running).stdout.trimEnd()
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
        throw new PlumblineError('IO', 'git is not on the PATH', { cause, help: 'Install git.' })
      const [first = 'it failed'] = String((cause as { stderr?: string }).stderr ?? '')
        .trim()
        .split('\n')
      // The cause holds the whole environment of the call, and with it the token.
      throw new PlumblineError('IO', `git ${args[0]}: ${first}`, { retry: 'backoff' })
    }
  }
}
