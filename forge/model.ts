/** Right of a person on a repository, from least to most. */
export type Permission = 'none' | 'read' | 'write' | 'admin'

/** A pull request as it stands now. Commits are full hashes. */
export interface PullRequest {
  readonly number: number
  readonly title: string
  /** Markdown. */
  readonly body: string
  readonly author: string
  readonly state: 'open' | 'merged' | 'closed'
  readonly draft: boolean
  readonly head: { readonly branch: string; readonly commit: string }
  readonly base: { readonly branch: string; readonly commit: string }
  /** The head lies in another repository than the base, or in one that is gone. */
  readonly isFork: boolean
  readonly labels: readonly string[]
  /** Absent: the forge has not found out yet, or does not say. */
  readonly mergeable?: boolean
  /** What the merge made; present in a merged one. */
  readonly mergeCommit?: string
  /** For people. */
  readonly url: string
}

interface ChangedFile {
  /** From the root of the repository. */
  readonly path: string
  readonly what: 'added' | 'removed' | 'modified' | 'renamed'
  /** The path before, of one that was renamed. */
  readonly from?: string
}

export interface Comment {
  readonly id: number
  readonly author: string
  /** Markdown. */
  readonly body: string
  /** ISO 8601, by the clock of the forge. */
  readonly updatedAt: string
  readonly url: string
}

/** Who has put a label on a pull request, and when: ISO 8601, by the clock of the forge. */
export interface Labelling {
  readonly by: string
  readonly at: string
}

/** Something to say on a line of a file. */
export interface Annotation {
  readonly path: string
  /** Counts from 1. */
  readonly line: number
  readonly level: 'notice' | 'warning' | 'failure'
  readonly title: string
  readonly text: string
}

/** The result of a look at a commit. */
export interface Report {
  /** Name of the check: a later report of the same name takes its place. */
  readonly name: string
  readonly conclusion: 'success' | 'failure' | 'action required'
  /** One line. */
  readonly title: string
  /** Markdown. */
  readonly summary: string
  readonly annotations: readonly Annotation[]
  /** Page with more. */
  readonly url?: string
}

/** A branch that was pushed, and the pull request that it wants to be. */
interface Proposal {
  readonly branch: string
  readonly base: string
  readonly title: string
  /** Markdown. */
  readonly body: string
}

export const REACTIONS = { heard: 'eyes', done: '+1', refused: '-1' } as const
type Reaction = keyof typeof REACTIONS

/** How git reaches the repository. */
export interface GitAccess {
  readonly url: string
  /** Value of the header `Authorization`; a secret. */
  readonly authorization: string
}

/**
 * What Plumbline asks of a forge about one repository. Every verb throws PlumblineError: UNAUTHENTICATED, FORBIDDEN,
 * NOT_FOUND, REJECTED, RATE_LIMITED, UNAVAILABLE, UNEXPECTED_RESPONSE; `createComment` and `propose` OUTCOME_UNKNOWN, too,
 * when the answer was lost. Reads and what may be repeated are repeated, with the pauses that the forge asks for.
 */
export interface Forge {
  readonly kind: ForgeKind
  /** `owner/name`. */
  readonly repository: string
  /** Most characters of a comment. */
  readonly commentLimit: number
  /** Login of the account that the credentials belong to. */
  account(): Promise<string>
  pullRequest(number: number): Promise<PullRequest>
  openPullRequests(): Promise<readonly PullRequest[]>
  /** Pull requests that were closed or merged, those that changed last first; not all that there ever were. */
  recentlyClosed(): Promise<readonly PullRequest[]>
  changedFiles(number: number): Promise<readonly ChangedFile[]>
  /** Who has put a label there last; `undefined`: nobody that the forge tells of. */
  labelled(number: number, label: string): Promise<Labelling | undefined>
  permissionOf(login: string): Promise<Permission>
  comments(number: number): Promise<readonly Comment[]>
  createComment(number: number, body: string): Promise<Comment>
  updateComment(id: number, body: string): Promise<Comment>
  react(commentId: number, reaction: Reaction): Promise<void>
  /** A check run with annotations, or a commit status where there are none. */
  report(commit: string, report: Report): Promise<void>
  /** Opens the pull request of a branch, or brings title and text of the open one up to date. */
  propose(proposal: Proposal): Promise<PullRequest>
  /** Brings the text of a pull request up to date, and closes it where that is asked for. */
  revise(number: number, changes: { readonly body: string; readonly state?: 'closed' }): Promise<PullRequest>
  gitAccess(): Promise<GitAccess>
}

export type ForgeKind = 'GitHub' | 'Gitea'
