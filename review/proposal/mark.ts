import type { PullRequest } from '../../forge/model.ts'
import { digestOf } from '../../reconciler/digest.ts'
import type { ConnectionDrift } from './drifted.ts'

/** What a pull request of ours says about itself in a line that nobody sees. */
export interface ProposalMark {
  /** Of project, environment and Connection. */
  readonly id: string
  /** Of what it proposes. */
  readonly digest: string
  /** Commits that we have made for it, the newest first. */
  readonly commits: readonly string[]
}

export const proposalId = (project: string, environment: string | undefined, connection: string): string =>
  digestOf([project, environment ?? '', connection]).slice(0, 12)

/** The same drift has the same digest, wherever in a file it would be written. */
export const proposalDigest = ({ accepted, left }: ConnectionDrift): string =>
  digestOf([accepted.map(({ address, change }) => [address, change.path, change.from ?? null]), left]).slice(0, 16)

export const proposalMark = ({ id, digest, commits }: ProposalMark): string =>
  `<!-- plumbline drift ${[id, digest, ...commits].join(' ')} -->`

/** In place of the mark of one that has been closed, once its drift is gone. */
export const settledMark = (id: string): string => `<!-- plumbline drift ${id} settled -->`

const MARK = /^<!-- plumbline drift ([0-9a-f]{12}) ([0-9a-f]{16})((?: [0-9a-f]{40,64}){1,2}) -->/

export function markIn({ body }: PullRequest): ProposalMark | undefined {
  const [, id, digest, commits = ''] = MARK.exec(body) ?? []
  return id === undefined || digest === undefined ? undefined : { id, digest, commits: commits.trim().split(' ') }
}

/** The text behind the mark. */
export const withoutMark = ({ body }: PullRequest): string => body.replace(MARK, '').trimStart()
