import { dirname, relative, resolve } from 'node:path'
import { Repository, repositoryOf } from '../../config/project/git.ts'
import { pullRequestAt } from '../../forge/address.ts'
import { credentialsIn } from '../../forge/credentials.ts'
import { openForge } from '../../forge/open.ts'
import { reviewMarkdown } from '../../review/markdown.ts'
import type { Review } from '../../review/model.ts'
import { type Posting, post, type ReviewPost, toldOf, toldOfFailure } from '../../review/post.ts'
import { markerOf } from '../../review/sticky.ts'
import { plansBySystem } from '../report/plan-markdown.ts'
import type { Run } from '../run.ts'

/** What is posted about, and where. */
export interface PostingOptions {
  /** Pull request: its address, or its number in a job of a CI. */
  readonly pull: string
  /** Project file. */
  readonly file: string
  readonly environment?: string
}

/** A pull request that hears of the review of this checkout. */
export interface Post {
  /** `consented`: somebody approved weaker logins. */
  review(found: Review, consented: boolean): Promise<void>
  /** Tells why there is no review. */
  failure(thrown: unknown): Promise<void>
}

/** Looks the pull request up. Throws USAGE, and as the forge does. */
export async function openPost(run: Run, { pull: named, file, environment }: PostingOptions): Promise<Post> {
  const address = pullRequestAt(named, process.env)
  const forge = openForge(address, credentialsIn(process.env))
  const pull = await forge.pullRequest(address.number)
  const root = repositoryOf(dirname(resolve(file))) ?? process.cwd()
  const pathOf = (path: string): string => relative(root, resolve(path))
  const marker = markerOf([pathOf(file), environment ?? ''].join('\0'))
  const posting: Posting = { forge, pull, marker, commit: commitOf(root, pull.head.commit) }
  const tell = async (told: ReviewPost): Promise<void> => {
    const comment = await post(posting, told)
    run.terminal.note(comment === undefined ? movedOn(pull.url) : `Posted: ${comment.url}`)
  }
  return {
    review: (found, consented) =>
      tell(toldOf(found, reviewMarkdown(found, { planOf: plansBySystem }), consented, pathOf)),
    failure: (thrown) => tell(toldOfFailure(thrown)),
  }
}

const movedOn = (url: string): string =>
  `${url} has another commit now; its comment was left to the review of that one.`

/** What is checked out: a job may have merged the head of the pull request into its base, as second parent. */
function commitOf(root: string, head: string): string {
  const repository = new Repository(root)
  const names = ['HEAD', 'HEAD^2'].map((name) => repository.commit(name))
  return names.find((commit) => commit === head) ?? names[0] ?? head
}
