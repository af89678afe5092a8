import { verify } from '@octokit/webhooks-methods'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { PlumblineError } from '../config/errors.ts'
import type { Secret } from '../reconciler/secret.ts'

/** What a webhook says has happened. What it says of a pull request may be old: only its number is used. */
export interface Delivery {
  /** The same for every attempt to deliver it. */
  readonly id: string
  /** `owner/name`. */
  readonly repository: string
  readonly pullRequest: number
  /** Present when somebody has written a comment. */
  readonly comment?: { readonly id: number; readonly author: string; readonly body: string }
}

type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>

const text = Type.String()
const repository = Type.Object({ full_name: text })
const PULL_REQUEST = Type.Object({ repository, pull_request: Type.Object({ number: Type.Number() }) })
const COMMENT = Type.Object({
  action: text,
  repository,
  issue: Type.Object({ number: Type.Number(), pull_request: Type.Optional(Type.Unknown()) }),
  comment: Type.Object({
    id: Type.Number(),
    body: text,
    user: Type.Object({ login: text }),
  }),
})

const header = (headers: HeaderValues, name: string): string => {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

/**
 * The delivery in a request, whose signature (HMAC-SHA-256 over the body, `X-Hub-Signature-256`) is compared in constant
 * time. GitHub, Gitea and Forgejo send the same headers. `undefined`: signed, and about something else.
 * Throws UNAUTHENTICATED, INVALID_DOCUMENT.
 */
export async function deliveryOf(headers: HeaderValues, body: string, secret: Secret): Promise<Delivery | undefined> {
  const signature = header(headers, 'x-hub-signature-256')
  const isSigned = signature !== '' && (await verify(secret.reveal(), body, signature).catch(() => false))
  if (!isSigned) throw new PlumblineError('UNAUTHENTICATED', 'the signature of the webhook is missing or wrong')
  const id = header(headers, 'x-github-delivery')
  if (!/^[\w-]{1,64}$/.test(id)) throw malformed('it has no X-GitHub-Delivery')
  const read = READERS[header(headers, 'x-github-event')]
  return read?.(id, parsed(body))
}

const malformed = (why: string): PlumblineError =>
  new PlumblineError('INVALID_DOCUMENT', `the webhook is no use: ${why}`)

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw malformed('its body is not JSON')
  }
}

const READERS: Readonly<Record<string, (id: string, payload: unknown) => Delivery | undefined>> = {
  pull_request: (id, payload) => {
    if (!Value.Check(PULL_REQUEST, payload)) throw malformed('it tells of no pull request')
    return { id, repository: payload.repository.full_name, pullRequest: payload.pull_request.number }
  },
  issue_comment: (id, payload) => {
    if (!Value.Check(COMMENT, payload)) throw malformed('it tells of no comment')
    const { action, issue, comment } = payload
    // Only what is newly written counts: whoever edits a comment of somebody else gives no command.
    if (action !== 'created' || issue.pull_request === undefined || issue.pull_request === null) return undefined
    return {
      id,
      repository: payload.repository.full_name,
      pullRequest: issue.number,
      comment: { id: comment.id, author: comment.user.login, body: comment.body },
    }
  },
}
