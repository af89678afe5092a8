import { PlumblineError } from '../config/errors.ts'
import type { ForgeKind } from './model.ts'

/** A repository of a forge. */
export interface RepositoryAddress {
  readonly kind: ForgeKind
  /** Where people see the forge, without a slash at the end. */
  readonly site: string
  /** `owner/name`. */
  readonly repository: string
}

export interface PullRequestAddress extends RepositoryAddress {
  readonly number: number
}

/** `/pull/7` is GitHub's spelling, `/pulls/7` that of Gitea and Forgejo, which may live below a path. */
const PULL_REQUEST = /^(.*)\/([\w.-]+\/[\w.-]+)\/(pulls?)\/([1-9]\d{0,9})(?:\/\w+)?\/?$/

/**
 * The pull request at a web address, or of a number in the repository that the job of a CI runs for (GITHUB_SERVER_URL
 * and GITHUB_REPOSITORY, which the actions of Gitea and Forgejo set, too). Throws USAGE.
 */
export function pullRequestAt(text: string, env: NodeJS.ProcessEnv): PullRequestAddress {
  const url = webAddress(/^[1-9]\d*$/.test(text) ? ofJob(text, env) : text)
  const [, prefix = '', repository, word, number] = PULL_REQUEST.exec(url.pathname) ?? []
  if (repository === undefined) throw noPullRequest(text)
  const kind = word === 'pull' ? 'GitHub' : 'Gitea'
  return { kind, site: url.origin + prefix, repository, number: Number(number) }
}

function ofJob(number: string, env: NodeJS.ProcessEnv): string {
  const { GITHUB_SERVER_URL: site, GITHUB_REPOSITORY: repository } = env
  if (!site || !repository) throw noPullRequest(number)
  return `${site}/${repository}/${isGitea(env) ? 'pulls' : 'pull'}/${number}`
}

const isGitea = (env: NodeJS.ProcessEnv): boolean => Boolean(env.GITEA_ACTIONS || env.FORGEJO_ACTIONS)

/** The repository that the job of a CI runs for. Throws USAGE elsewhere. */
export function jobRepository(env: NodeJS.ProcessEnv): RepositoryAddress {
  const { GITHUB_SERVER_URL: site, GITHUB_REPOSITORY: repository } = env
  if (site && repository) return repositoryAt(`${site}/${repository}`, isGitea(env) ? 'Gitea' : 'GitHub')
  throw new PlumblineError('USAGE', 'nothing says which repository is meant', {
    help: 'Give its address, e.g. https://github.com/acme/identity; in a job of GitHub or Gitea it is known.',
  })
}

const noPullRequest = (text: string): PlumblineError =>
  new PlumblineError('USAGE', `${text} names no pull request`, {
    help: 'Give its address, e.g. https://github.com/acme/identity/pull/7, or in a CI job its number.',
  })

/** The repository at a web address. Without `kind` github.com is GitHub and everything else Gitea or Forgejo. Throws USAGE. */
export function repositoryAt(text: string, kind?: ForgeKind): RepositoryAddress {
  const url = webAddress(text)
  const [, prefix = '', repository] = /^(.*)\/([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(url.pathname) ?? []
  if (repository === undefined)
    throw new PlumblineError('USAGE', `${text} names no repository`, {
      help: 'Give its address, e.g. https://github.com/acme/identity.',
    })
  return { kind: kind ?? (url.host === 'github.com' ? 'GitHub' : 'Gitea'), site: url.origin + prefix, repository }
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** An https address; http for this machine alone, since a token travels there. */
function webAddress(text: string): URL {
  const url = URL.parse(text)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))
  if (url !== null && isSafe && url.username === '' && url.password === '') return url
  throw new PlumblineError(
    'USAGE',
    `${url === null ? text : 'this address'} is not an https:// address without a password`,
  )
}

/** Where the API of a forge answers. */
export function apiOf({ kind, site }: RepositoryAddress): string {
  if (kind === 'Gitea') return `${site}/api/v1`
  return site === 'https://github.com' ? 'https://api.github.com' : `${site}/api/v3`
}
