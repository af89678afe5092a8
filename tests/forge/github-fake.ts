import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { isRecord, type JsonObject } from '../../config/json.ts'
import type { Permission } from '../../forge/model.ts'
import { GitHttp } from './git-http.ts'
import { GitHubOpenApi, type Operation } from './github-openapi.ts'

/** A fault that the next call of an operation gets instead of its answer. */
export interface Fault {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: JsonObject
  /** Part of `METHOD /path`. */
  readonly of: string
}

export interface FakePull {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly branch: string
  readonly base: string
  readonly head: string
  readonly author: string
  readonly fork: boolean
  readonly state: 'open' | 'closed'
  readonly merged: boolean
  readonly mergeCommit?: string
  readonly labels: readonly string[]
  readonly files: readonly JsonObject[]
}

interface Answer {
  readonly status: number
  readonly body?: unknown
}

type Handler = (
  fake: GitHubFake,
  operation: Operation,
  body: JsonObject,
  who: string,
  url: URL,
) => Answer | readonly unknown[]

/** Most characters of a comment. */
const LIMIT = 65_536
const api = new GitHubOpenApi()

/** Tokens and who they belong to; `app` is an installation of a GitHub App. */
const TOKENS: Readonly<Record<string, string>> = {
  'token-of-bot': 'plumbline-bot',
  'token-of-app': 'plumbline[bot]',
  'token-of-job': 'github-actions[bot]',
}

/**
 * A stateful fake of the part of GitHub that Plumbline uses, over HTTP. Every request and every answer is checked against
 * GitHub's own OpenAPI description; what does not fit is in `problems`.
 */
export class GitHubFake {
  readonly repository = 'acme/identity'
  readonly problems: string[] = []
  readonly calls: string[] = []
  readonly faults: Fault[] = []
  readonly pulls: FakePull[] = []
  readonly comments: { id: number; pull: number; author: string; body: string }[] = []
  readonly statuses: JsonObject[] = []
  readonly checkRuns: {
    id: number
    name: string
    head_sha: string
    conclusion: string
    output: JsonObject
    annotations: JsonObject[]
  }[] = []
  readonly reactions: JsonObject[] = []
  readonly labellings: { pull: number; label: string; by: string; at: string }[] = []
  /** What git sees of the repository, for tests that push to it. */
  #git: GitHttp | undefined
  readonly permissions = new Map<string, Permission>()
  #id = 1000
  readonly #lost: string[] = []
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      if (request.url?.startsWith('/acme/identity.git/')) return this.#serveGit(request, response)
      this.#serve(request).then(
        ({ status, headers, body }) => {
          response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
          response.end(body === undefined ? undefined : JSON.stringify(body))
        },
        (error) => {
          this.problems.push(String(error))
          response.writeHead(500).end()
        },
      )
    })
  }

  static async start(): Promise<GitHubFake> {
    const fake = new GitHubFake()
    await new Promise<void>((done) => fake.#server.listen(0, '127.0.0.1', done))
    return fake
  }

  /** Where people would see it: that of a GitHub Enterprise Server, whose API is below `/api/v3`. */
  get site(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The repository itself, from its first use on. */
  get git(): GitHttp {
    this.#git ??= new GitHttp()
    return this.#git
  }

  /** Git shows the token as a password. */
  #serveGit(request: IncomingMessage, response: ServerResponse): void {
    const [, shown = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? []
    const token = Buffer.from(shown, 'base64').toString().split(':')[1] ?? ''
    if (TOKENS[token] === undefined) response.writeHead(401, { 'www-authenticate': 'Basic' }).end()
    else this.git.serve(request, response)
  }

  /** Where the head of a pull request is now. */
  headOf({ branch, head, fork }: FakePull): string {
    return (fork ? undefined : this.#git?.tip(branch)) ?? head
  }

  /** Commit of a branch, where there is a repository. */
  tipOf = (branch: string): string | undefined => this.#git?.tip(branch)

  stop(): Promise<void> {
    this.#git?.remove()
    this.#server.closeAllConnections()
    return new Promise((done) => this.#server.close(() => done()))
  }

  /** Does the next call of an operation, and answers as if nobody knew. `of`: part of `METHOD /path`. */
  loseNext(of: string): void {
    this.#lost.push(of)
  }

  nextId = (): number => ++this.#id

  addPull(pull: Partial<FakePull> = {}): FakePull {
    const number = this.pulls.length + 1
    const added: FakePull = {
      number,
      title: `Change ${number}`,
      body: '',
      branch: `change-${number}`,
      base: 'main',
      head: String(number).padStart(40, 'a'),
      author: 'alice',
      fork: false,
      state: 'open',
      merged: false,
      labels: [],
      files: [],
      ...pull,
    }
    this.pulls.push(added)
    return added
  }

  async #serve(request: IncomingMessage) {
    const url = new URL(request.url ?? '', this.site)
    const method = request.method ?? 'GET'
    const pathname = url.pathname.replace(/^\/api\/v3/, '')
    const sent = await text(request)
    const body = sent === '' ? undefined : JSON.parse(sent)
    this.calls.push(`${method} ${pathname}`)
    const operation = api.operation(method, pathname)
    if (operation === undefined) throw new Error(`GitHub has no ${method} ${pathname}`)
    this.#complain(operation, api.requestProblems(operation, url.searchParams, body))
    const { headers = {}, ...answer } = this.#answer(operation, url, body ?? {}, request.headers.authorization ?? '')
    this.#complain(operation, api.answerProblems(operation, answer.status, answer.body))
    const lost = this.#lost.findIndex((of) => operation.key.includes(of))
    if (lost >= 0) {
      this.#lost.splice(lost, 1)
      return { headers, status: 502, body: { message: 'Bad gateway' } }
    }
    return { headers, ...answer }
  }

  #complain({ key }: Operation, problem: string): void {
    if (problem !== '') this.problems.push(`${key}: ${problem}`)
  }

  #answer(
    operation: Operation,
    url: URL,
    body: JsonObject,
    authorization: string,
  ): Answer & { headers?: Fault['headers'] } {
    const at = this.faults.findIndex((fault) => operation.key.includes(fault.of))
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1)
    if (fault !== undefined) return { body: { message: 'fault' }, ...fault }
    if (isOfApp(operation)) return withoutPages((HANDLERS[operation.key] as Handler)(this, operation, body, 'app', url))
    const who = TOKENS[authorization.replace(/^(token|bearer) /i, '')]
    if (who === undefined) return { status: 401, body: { message: 'Bad credentials' } }
    const handler = HANDLERS[operation.key]
    if (handler === undefined) throw new Error(`the fake has no ${operation.key}`)
    const { owner, repo } = operation.parameters
    const known = owner === undefined || `${owner}/${repo}` === this.repository
    return known ? paged(handler(this, operation, body, who, url), url) : NOT_FOUND
  }
}

const isOfApp = ({ key }: Operation): boolean =>
  key === 'GET /app' || key.endsWith('/installation') || key.includes('access_tokens')

const NOT_FOUND: Answer = { status: 404, body: { message: 'Not Found' } }

const withoutPages = (answer: Answer | readonly unknown[]): Answer =>
  Array.isArray(answer) ? { status: 200, body: answer } : (answer as Answer)

function paged(answer: Answer | readonly unknown[], url: URL): Answer & { headers?: Record<string, string> } {
  if (!Array.isArray(answer)) return answer as Answer
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30))
  const page = Number(url.searchParams.get('page') ?? 1)
  const next = new URL(url)
  next.searchParams.set('page', String(page + 1))
  const more = answer.length > page * size
  return {
    status: 200,
    body: answer.slice((page - 1) * size, page * size),
    ...(more && { headers: { link: `<${next.href}>; rel="next"` } }),
  }
}

/** `changes` laid over a body that has everything. */
const over = (body: unknown, changes: JsonObject): unknown =>
  Object.assign(
    {},
    body,
    Object.fromEntries(Object.entries(changes).map(([k, v]) => [k, mixed((body as JsonObject)[k], v)])),
  )
const mixed = (below: unknown, above: unknown): unknown =>
  isRecord(below) && isRecord(above) ? over(below, above) : above

const PULL = api.operation('GET', '/repos/o/r/pulls/1') as Operation
const USER = (api.body(api.operation('GET', '/repos/o/r/pulls/1') as Operation, 200) as JsonObject).user

const userOf = (login: string): unknown => over(USER, { login })

function pullBody(fake: GitHubFake, pull: FakePull, template: unknown): unknown {
  const own = { full_name: fake.repository }
  const repoOf = (full: JsonObject) => over(((api.body(PULL, 200) as JsonObject).base as JsonObject).repo, full)
  return over(template, {
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    ...(pull.mergeCommit !== undefined && { merge_commit_sha: pull.mergeCommit }),
    ...('merged_at' in (template as JsonObject) && { merged_at: pull.merged ? '2026-01-01T00:00:00Z' : null }),
    user: userOf(pull.author),
    head: {
      ref: pull.branch,
      sha: fake.headOf(pull),
      repo: repoOf(pull.fork ? { full_name: `${pull.author}/identity` } : own),
    },
    base: { ref: pull.base, sha: fake.tipOf(pull.base) ?? 'b'.repeat(40), repo: repoOf(own) },
    labels: pull.labels.map((name) => ({
      id: 1,
      node_id: 'x',
      url: 'https://x',
      name,
      description: 'x',
      color: 'f00',
      default: false,
    })),
    html_url: `${fake.site}/${fake.repository}/pull/${pull.number}`,
  })
}

const COMMENTS = api.operation('GET', '/repos/o/r/issues/1/comments') as Operation
const commentBody = (fake: GitHubFake, { id, pull, author, body }: GitHubFake['comments'][number]): unknown =>
  over(api.item(COMMENTS), {
    id,
    body,
    user: userOf(author),
    updated_at: '2026-01-01T00:00:00Z',
    html_url: `${fake.site}/${fake.repository}/pull/${pull}#issuecomment-${id}`,
    author_association: 'NONE',
  })

const tooLong = (): Answer => ({
  status: 422,
  body: {
    message: 'Validation Failed',
    documentation_url: 'https://docs.github.com/rest',
    errors: [
      {
        resource: 'IssueComment',
        code: 'unprocessable',
        field: 'data',
        message: 'Body is too long (maximum is 65536 characters)',
      },
    ],
  },
})

const labelEvent = (name: string, login: string, at: string): unknown => ({
  id: 1,
  node_id: 'x',
  url: 'https://x',
  actor: userOf(login),
  event: 'labeled',
  commit_id: null,
  commit_url: null,
  created_at: at,
  performed_via_github_app: null,
  label: { name, color: 'f00' },
})

const pullOf = (fake: GitHubFake, { parameters }: Operation): FakePull | undefined =>
  fake.pulls.find(({ number }) => number === Number(parameters.pull_number ?? parameters.issue_number))

const R = '/repos/{owner}/{repo}'

const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET /user': (_fake, operation, _body, who) =>
    who.endsWith('[bot]')
      ? { status: 403, body: { message: 'Resource not accessible by integration' } }
      : { status: 200, body: over(api.body(operation, 200), { login: who }) },
  'GET /app': (_fake, operation) => ({ status: 200, body: over(api.body(operation, 200), { slug: 'plumbline' }) }),
  [`GET ${R}/installation`]: (_fake, operation) => ({ status: 200, body: over(api.body(operation, 200), { id: 7 }) }),
  'POST /app/installations/{installation_id}/access_tokens': (_fake, operation) => ({
    status: 201,
    body: over(api.body(operation, 201), {
      token: 'token-of-app',
      expires_at: '2099-01-01T00:00:00Z',
      permissions: {},
    }),
  }),
  [`GET ${R}/pulls/{pull_number}`]: (fake, operation) => {
    const pull = pullOf(fake, operation)
    return pull === undefined ? NOT_FOUND : { status: 200, body: pullBody(fake, pull, api.body(operation, 200)) }
  },
  [`GET ${R}/pulls`]: (fake, operation, _body, _who, url) =>
    fake.pulls
      .filter(({ state }) => state === (url.searchParams.get('state') ?? 'open'))
      .toSorted((a, b) => (url.searchParams.get('sort') === 'updated' ? b.number - a.number : 0))
      .map((pull) => pullBody(fake, pull, api.item(operation))),
  [`POST ${R}/pulls`]: (fake, operation, body, who) => {
    const pull = fake.addPull({
      title: String(body.title),
      body: String(body.body),
      branch: String(body.head),
      base: String(body.base),
      author: who,
    })
    return { status: 201, body: pullBody(fake, pull, api.body(operation, 201)) }
  },
  [`PATCH ${R}/pulls/{pull_number}`]: (fake, operation, body) => {
    const pull = Object.assign(pullOf(fake, operation) as FakePull, body)
    return { status: 200, body: pullBody(fake, pull, api.body(operation, 200)) }
  },
  [`GET ${R}/pulls/{pull_number}/files`]: (fake, operation) =>
    (pullOf(fake, operation)?.files ?? []).map((file) => over(api.item(operation), file)),
  [`GET ${R}/issues/{issue_number}/comments`]: (fake, operation) =>
    fake.comments
      .filter(({ pull }) => pull === Number(operation.parameters.issue_number))
      .map((comment) => commentBody(fake, comment)),
  [`POST ${R}/issues/{issue_number}/comments`]: (fake, { parameters }, body, who) => {
    if (String(body.body).length > LIMIT) return tooLong()
    const comment = { id: fake.nextId(), pull: Number(parameters.issue_number), author: who, body: String(body.body) }
    fake.comments.push(comment)
    return { status: 201, body: commentBody(fake, comment) }
  },
  [`PATCH ${R}/issues/comments/{comment_id}`]: (fake, { parameters }, body) => {
    const comment = fake.comments.find(({ id }) => id === Number(parameters.comment_id))
    if (comment === undefined) return NOT_FOUND
    if (String(body.body).length > LIMIT) return tooLong()
    comment.body = String(body.body)
    return { status: 200, body: commentBody(fake, comment) }
  },
  [`POST ${R}/issues/comments/{comment_id}/reactions`]: (fake, operation, { content }) => {
    fake.reactions.push({ comment: Number(operation.parameters.comment_id), content })
    return { status: 201, body: over(api.body(operation, 201), { content }) }
  },
  [`GET ${R}/issues/{issue_number}/events`]: (fake, operation) =>
    fake.labellings
      .filter(({ pull }) => pull === Number(operation.parameters.issue_number))
      .map(({ label, by, at }) => labelEvent(label, by, at)),
  [`GET ${R}/collaborators/{username}/permission`]: (fake, operation) => {
    const permission = fake.permissions.get(operation.parameters.username ?? '')
    if (permission === undefined) return NOT_FOUND
    return { status: 200, body: over(api.body(operation, 200), { permission, role_name: permission }) }
  },
  [`POST ${R}/statuses/{sha}`]: (fake, operation, body) => {
    fake.statuses.push({ ...body, sha: operation.parameters.sha })
    return { status: 201, body: over(api.body(operation, 201), body) }
  },
  [`POST ${R}/check-runs`]: (fake, operation, body, who) => {
    if (!who.endsWith('[bot]')) return { status: 403, body: { message: 'You must authenticate via a GitHub App.' } }
    const { annotations = [], ...output } = body.output as { readonly annotations?: readonly JsonObject[] }
    const run = {
      ...(body as { name: string; head_sha: string; conclusion: string }),
      id: fake.nextId(),
      output,
      annotations: [...annotations],
    }
    fake.checkRuns.push(run)
    return { status: 201, body: checkBody(operation, run, 201) }
  },
  [`PATCH ${R}/check-runs/{check_run_id}`]: (fake, operation, body) => {
    const run = fake.checkRuns.find(({ id }) => id === Number(operation.parameters.check_run_id))
    if (run === undefined) return NOT_FOUND
    run.annotations.push(...(((body.output as JsonObject).annotations ?? []) as readonly JsonObject[]))
    return { status: 200, body: checkBody(operation, run, 200) }
  },
}

const checkBody = (
  operation: Operation,
  { id, name, head_sha, conclusion }: GitHubFake['checkRuns'][number],
  status: number,
) => over(api.body(operation, status), { id, name, head_sha, conclusion, status: 'completed' })
