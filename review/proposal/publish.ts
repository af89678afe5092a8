import { PlumblineError } from '../../config/errors.ts'
import type { Forge, PullRequest } from '../../forge/model.ts'
import type { Checkout } from '../git.ts'
import type { LeftChange } from './accept.ts'
import type { ConnectionDrift } from './drifted.ts'
import {
  markIn,
  type ProposalMark,
  proposalDigest,
  proposalId,
  proposalMark,
  settledMark,
  withoutMark,
} from './mark.ts'
import { proposalBody, proposalTitle, REVERT } from './markdown.ts'

/** What became of the drift of one Connection. */
export interface Proposed {
  readonly connection: string
  readonly what:
    | 'opened'
    | 'updated'
    | 'unchanged' // it says so already
    | 'changed by hand' // somebody has pushed to it: it is theirs now
    | 'reverting' // closed with the label: the next apply takes it back
    | 'declined' // closed without a word
    | 'withdrawn' // the drift is gone
    | 'nothing to write'
  readonly url?: string
  readonly left: readonly LeftChange[]
}

export interface Publishing {
  readonly forge: Forge
  readonly checkout: Checkout
  /** Project file from the root of the repository. */
  readonly project: string
  readonly environment?: string
  /** Branch that proposals are for, and that is checked out. */
  readonly base: string
}

/**
 * Brings the pull requests about drift up to date: at most one is open for each Connection, and unchanged drift writes
 * nothing. Throws as the forge does, IO when git fails, and USAGE when what is checked out is not the tip of the base.
 */
export async function publish(
  publishing: Publishing,
  drifts: readonly ConnectionDrift[],
): Promise<readonly Proposed[]> {
  const { forge } = publishing
  const [account, open, closed] = [await forge.account(), await forge.openPullRequests(), await forge.recentlyClosed()]
  const isOurs = (pull: PullRequest): boolean => !pull.isFork && pull.author === account
  const desk = new Publisher(publishing, open.filter(isOurs), closed.filter(isOurs))
  const done: Proposed[] = []
  for (const drift of drifts.filter(({ known }) => known)) {
    const found = await desk.bring(drift)
    if (found !== undefined) done.push({ connection: drift.connection, left: drift.left, ...found })
  }
  return done
}

type Outcome = Pick<Proposed, 'what' | 'url'>

class Publisher {
  readonly #options: Publishing
  readonly #open: readonly PullRequest[]
  readonly #closed: readonly PullRequest[]
  #parent: Promise<string> | undefined

  constructor(options: Publishing, open: readonly PullRequest[], closed: readonly PullRequest[]) {
    this.#options = options
    this.#open = open
    this.#closed = closed
  }

  async bring(drift: ConnectionDrift): Promise<Outcome | undefined> {
    const { project, environment } = this.#options
    const id = proposalId(project, environment, drift.connection)
    const branch = branchOf(drift.connection, environment, id)
    const open = this.#open.find(({ head }) => head.branch === branch)
    const mark = open && markIn(open)
    const isOurs = mark?.commits.includes(open?.head.commit ?? '') === true
    if (open !== undefined && !isOurs) return { what: 'changed by hand', url: open.url }
    const before = this.#closed.find((pull) => markIn(pull)?.id === id && pull.state === 'closed')
    if (drift.files.size === 0) return this.#withdraw(drift, id, open, before)
    const digest = proposalDigest(drift)
    if (open !== undefined && mark !== undefined) return this.#update(drift, open, mark, { id, digest, branch })
    if (before !== undefined && markIn(before)?.digest === digest)
      return { what: before.labels.includes(REVERT) ? 'reverting' : 'declined', url: before.url }
    return this.#create(drift, { id, digest, branch })
  }

  async #create(drift: ConnectionDrift, { branch, ...mark }: Wanted): Promise<Outcome> {
    const { forge, base } = this.#options
    const commit = await this.#commit(drift)
    await this.#push(commit, branch)
    const { url } = await forge.propose({ branch, base, ...this.#texts(drift, { ...mark, commits: [commit] }) })
    return { what: 'opened', url }
  }

  /** The text goes first and names both commits, so that a run which breaks off between the two knows its own work. */
  async #update(drift: ConnectionDrift, open: PullRequest, before: ProposalMark, wanted: Wanted): Promise<Outcome> {
    const { branch, ...mark } = wanted
    const { head, url } = open
    const isCurrent = before.digest === mark.digest && before.commits[0] === head.commit && open.mergeable !== false
    if (isCurrent) return { what: 'unchanged', url }
    const commit = await this.#commit(drift)
    const commits = [...new Set([commit, head.commit])]
    await this.#options.forge.propose({ branch, base: this.#options.base, ...this.#texts(drift, { ...mark, commits }) })
    if (commit !== head.commit) await this.#push(commit, branch)
    return { what: 'updated', url }
  }

  /** There is nothing to propose any more; what was declined may be proposed again when it comes back. */
  async #withdraw(
    { left }: ConnectionDrift,
    id: string,
    open: PullRequest | undefined,
    before: PullRequest | undefined,
  ): Promise<Outcome | undefined> {
    const { forge } = this.#options
    const settled = (pull: PullRequest, says: string) => `${settledMark(id)}\n${says}\n\n${withoutMark(pull)}`
    if (open !== undefined) {
      await forge.revise(open.number, { state: 'closed', body: settled(open, GONE) })
      return { what: 'withdrawn', url: open.url }
    }
    if (left.length > 0) return { what: 'nothing to write' }
    if (before !== undefined) await forge.revise(before.number, { body: settled(before, '') })
    return undefined
  }

  #texts(drift: ConnectionDrift, mark: ProposalMark) {
    return {
      title: proposalTitle(drift, this.#options.environment),
      body: `${proposalMark(mark)}\n${proposalBody(drift)}`,
    }
  }

  async #commit(drift: ConnectionDrift): Promise<string> {
    const { checkout, environment } = this.#options
    return checkout.commit(await this.#tip(), drift.files, proposalTitle(drift, environment))
  }

  async #push(commit: string, branch: string): Promise<void> {
    await this.#options.checkout.push(await this.#options.forge.gitAccess(), commit, branch)
  }

  /** What is checked out has to be what the base is: nothing else may come along. */
  #tip(): Promise<string> {
    this.#parent ??= this.#requireTip()
    return this.#parent
  }

  async #requireTip(): Promise<string> {
    const { checkout, forge, base } = this.#options
    const [head, tip] = [await checkout.head(), await checkout.tip(await forge.gitAccess(), base)]
    if (head === tip) return head
    throw new PlumblineError('USAGE', `the checkout is not what ${base} of ${forge.repository} is now`, {
      help: `Check ${base} out as it is there, and apply it; or name another branch with --branch.`,
    })
  }
}

interface Wanted {
  readonly id: string
  readonly digest: string
  readonly branch: string
}

const GONE = '**The systems are as the documents say again, so there is nothing to decide.**'

/** A branch of ours, which a person recognizes. */
const branchOf = (connection: string, environment: string | undefined, id: string): string =>
  `plumbline/drift/${[...(environment === undefined ? [] : [environment]), connection.replaceAll('/', '-'), id].join('-')}`
