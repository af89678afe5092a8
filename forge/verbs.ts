import { Type } from 'typebox'
import type { ForgeClient } from './client.ts'
import { type Comment, type Forge, type Permission, type PullRequest, REACTIONS } from './model.ts'

const text = Type.String()
export const USER = Type.Union([Type.Object({ login: text }), Type.Null()])
const optional = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Optional(schema)
const SIDE = Type.Object({
  ref: text,
  sha: text,
  repo: optional(Type.Union([Type.Object({ full_name: text }), Type.Null()])),
})

/** The fields of a pull request that both dialects have. */
const PULL = Type.Object({
  number: Type.Number(),
  title: text,
  body: optional(Type.Union([text, Type.Null()])),
  user: USER,
  state: text,
  draft: optional(Type.Boolean()),
  merged_at: optional(Type.Union([text, Type.Null()])),
  merge_commit_sha: optional(Type.Union([text, Type.Null()])),
  mergeable: optional(Type.Union([Type.Boolean(), Type.Null()])),
  head: SIDE,
  base: SIDE,
  labels: Type.Union([Type.Array(Type.Object({ name: text })), Type.Null()]),
  html_url: text,
})
type Pull = Type.Static<typeof PULL>

const COMMENT = Type.Object({ id: Type.Number(), user: USER, body: optional(text), updated_at: text, html_url: text })

const FILE = Type.Object({ filename: text, status: text, previous_filename: optional(text) })

export const ANYTHING = Type.Unknown()

/** A deleted account has no login. */
export const loginIn = (account: Type.Static<typeof USER>): string => account?.login ?? 'ghost'

function pullOf(pull: Pull): PullRequest {
  const { head, base, merged_at: mergedAt, merge_commit_sha: mergeCommit } = pull
  const merged = typeof mergedAt === 'string'
  return {
    number: pull.number,
    title: pull.title,
    body: pull.body ?? '',
    author: loginIn(pull.user),
    state: merged ? 'merged' : pull.state === 'open' ? 'open' : 'closed',
    draft: pull.draft ?? false,
    head: { branch: head.ref, commit: head.sha },
    base: { branch: base.ref, commit: base.sha },
    isFork: head.repo?.full_name === undefined || head.repo.full_name !== base.repo?.full_name,
    labels: (pull.labels ?? []).map(({ name }) => name),
    ...(typeof pull.mergeable === 'boolean' && { mergeable: pull.mergeable }),
    ...(merged && typeof mergeCommit === 'string' && { mergeCommit }),
    url: pull.html_url,
  }
}

const commentOf = ({
  id,
  user: account,
  body,
  updated_at: updatedAt,
  html_url: url,
}: Type.Static<typeof COMMENT>): Comment => ({
  id,
  author: loginIn(account),
  body: body ?? '',
  updatedAt,
  url,
})

/** Gitea says `changed` and `deleted`. */
const CHANGES: Readonly<Record<string, 'added' | 'removed' | 'renamed'>> = {
  added: 'added',
  copied: 'added',
  removed: 'removed',
  deleted: 'removed',
  renamed: 'renamed',
}

const RIGHTS: Readonly<Record<string, Permission>> = { owner: 'admin', admin: 'admin', write: 'write', read: 'read' }

/** How a forge is asked for lists, in its words. */
export interface ListQueries {
  /** How many things a page has. */
  readonly page: Readonly<Record<string, number>>
  /** What changed last comes first. */
  readonly latest: Readonly<Record<string, string>>
}

type Shared = Omit<Forge, 'kind' | 'repository' | 'commentLimit' | 'account' | 'labelled' | 'report' | 'gitAccess'>

const REPO = '/repos/{owner}/{repo}'

/** The verbs that GitHub, Gitea and Forgejo understand alike. */
export function sharedVerbs(client: ForgeClient, { page, latest }: ListQueries): Shared {
  const verbs: Shared = {
    pullRequest: async (number) => pullOf(await client.read(`GET ${REPO}/pulls/{number}`, PULL, { number })),
    openPullRequests: async () =>
      (await client.readAll(`GET ${REPO}/pulls`, PULL, { state: 'open', ...page })).map(pullOf),
    recentlyClosed: async () =>
      (await client.read(`GET ${REPO}/pulls`, Type.Array(PULL), { state: 'closed', ...latest, ...page })).map(pullOf),
    changedFiles: async (number) =>
      (await client.readAll(`GET ${REPO}/pulls/{number}/files`, FILE, { number, ...page })).map((file) => ({
        path: file.filename,
        what: CHANGES[file.status] ?? 'modified',
        ...(file.previous_filename && { from: file.previous_filename }),
      })),
    permissionOf: (login) => permissionOf(client, login),
    comments: async (number) =>
      (await client.readAll(`GET ${REPO}/issues/{number}/comments`, COMMENT, { number, ...page })).map(commentOf),
    createComment: async (number, body) =>
      commentOf(await client.write(`POST ${REPO}/issues/{number}/comments`, COMMENT, { number, body }, { once: true })),
    updateComment: async (id, body) =>
      commentOf(await client.write(`PATCH ${REPO}/issues/comments/{id}`, COMMENT, { id, body })),
    react: async (id, reaction) => {
      const content = REACTIONS[reaction]
      await client.write(`POST ${REPO}/issues/comments/{id}/reactions`, ANYTHING, { id, content })
    },
    propose: async ({ branch, base, title, body }) => {
      const open = (await verbs.openPullRequests()).find((pull) => !pull.isFork && pull.head.branch === branch)
      if (open === undefined)
        return pullOf(
          await client.write(`POST ${REPO}/pulls`, PULL, { head: branch, base, title, body }, { once: true }),
        )
      return pullOf(await client.write(`PATCH ${REPO}/pulls/{number}`, PULL, { number: open.number, title, body }))
    },
    revise: async (number, changes) =>
      pullOf(await client.write(`PATCH ${REPO}/pulls/{number}`, PULL, { number, ...changes })),
  }
  return verbs
}

/** Nobody that a forge does not know has a right. */
async function permissionOf(client: ForgeClient, username: string): Promise<Permission> {
  try {
    const { permission } = await client.read(
      `GET ${REPO}/collaborators/{username}/permission`,
      Type.Object({ permission: text }),
      { username },
    )
    return RIGHTS[permission] ?? 'none'
  } catch (error) {
    if ((error as { code?: unknown }).code === 'NOT_FOUND') return 'none'
    throw error
  }
}

export const ACCOUNT = Type.Object({ login: text })

/** The header by which git shows a token, as both forges take it. */
export const basic = (token: string): string => `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
