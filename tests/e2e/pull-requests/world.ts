import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { EMBEDDED_URL, openEmbedded } from '../../../identity/embedded.ts'
import { ORGANIZATION, RUNTIME, SECRETS, tenant } from '../../cli/project.ts'
import { COMMAND } from '../../command.ts'
import { Clone } from '../../forge/git.ts'
import { Gitea, type Person } from '../../support/gitea.ts'

export const REPOSITORY = 'acme/identity'
export const WEBHOOK_SECRET = 'marked-webhook-secret'

const PROJECT = 'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: acme\npaths: [documents]\n'

/** What `main` holds at first. */
export const FILES: Readonly<Record<string, string>> = {
  'plumbline.yaml': PROJECT,
  '.gitignore': '.plumbline\n',
  'documents/base.yaml': [RUNTIME, ORGANIZATION].join('---\n'),
  'documents/web.yaml': tenant('web', 6),
  'documents/shop.yaml': tenant('shop', 6),
}

export interface Comment {
  readonly id: number
  readonly body: string
  readonly user: { readonly login: string }
}

/** A real Gitea with the repository of a team, and the server that reviews it. */
export class World {
  readonly gitea: Gitea
  readonly alice: Person
  readonly mallory: Person
  readonly bot: Person
  readonly #folder: string
  readonly #port: number
  readonly #clones: Clone[] = []
  #server: ChildProcess | undefined
  /** Everything that the server has written. */
  output = ''

  private constructor(gitea: Gitea, people: readonly [Person, Person, Person], folder: string, port: number) {
    this.gitea = gitea
    ;[this.alice, this.mallory, this.bot] = people
    this.#folder = folder
    this.#port = port
  }

  static async create(): Promise<World> {
    const gitea = await Gitea.start()
    const people = [await gitea.person('alice'), await gitea.person('mallory'), await gitea.person('bot')] as const
    const { admin } = gitea
    await gitea.call(admin, 'POST', '/orgs', { username: 'acme' })
    await gitea.call(admin, 'POST', '/orgs/acme/repos', { name: 'identity', default_branch: 'main', private: true })
    for (const [login, permission] of Object.entries({ alice: 'write', mallory: 'read', bot: 'admin' }))
      await gitea.call(admin, 'PUT', `/repos/${REPOSITORY}/collaborators/${login}`, { permission })
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-server-'))
    const world = new World(gitea, people, folder, await freePort())
    const clone = await world.clone(world.alice)
    await gitea.noticed(REPOSITORY, 'main', await clone.push('main', FILES))
    await gitea.call(admin, 'POST', `/repos/${REPOSITORY}/hooks`, {
      type: 'gitea',
      active: true,
      events: ['pull_request', 'pull_request_sync', 'pull_request_label', 'issue_comment', 'pull_request_comment'],
      config: { url: `${world.url}/webhook`, content_type: 'json', secret: WEBHOOK_SECRET },
    })
    return world
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Starts the server, as in a container. */
  async serve(...options: readonly string[]): Promise<void> {
    const args = ['review', 'serve', '--repository', `${this.gitea.url}/${REPOSITORY}`, '--port', String(this.#port)]
    const child = spawn(process.execPath, [...COMMAND, ...args, '--data', this.#folder, ...options], {
      cwd: this.#folder,
      env: {
        ...process.env,
        ...SECRETS,
        PLUMBLINE_FORGE_TOKEN: this.bot.token,
        PLUMBLINE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#server = child
    const heard = (data: unknown): void => {
      this.output += data
      if (process.env.SERVER_LOG) process.stderr.write(String(data))
    }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', heard)
    await until(async () => this.output.includes('Serving on') || child.exitCode !== null)
    if (child.exitCode !== null) throw new Error(this.output)
  }

  /** Ends the server at once. */
  async kill(): Promise<void> {
    const child = this.#server
    if (child === undefined || child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'close')
    this.output = ''
  }

  /** Runs the command line where the server applies. */
  async run(...args: readonly string[]): Promise<{ readonly code: number | null; readonly stdout: string }> {
    const child = spawn(process.execPath, [...COMMAND, ...args], {
      cwd: join(this.#folder, 'live'),
      env: { ...process.env, ...SECRETS, PLUMBLINE_FORGE_TOKEN: this.bot.token, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [stdout] = await Promise.all([text(child.stdout), once(child, 'close')])
    return { code: child.exitCode, stdout }
  }

  /** Puts a label on a pull request; it is made where there is none. */
  async label(who: Person, number: number, name: string): Promise<void> {
    const { gitea } = this
    const label = { name, color: '#ff0000' }
    const made = await gitea.call<{ id: number }>(gitea.admin, 'POST', `/repos/${REPOSITORY}/labels`, label)
    await gitea.call(who, 'POST', `/repos/${REPOSITORY}/issues/${number}/labels`, { labels: [made.id] })
  }

  async clone(who: Person, repository = REPOSITORY): Promise<Clone> {
    const clone = await Clone.create(this.gitea.remote(who, repository))
    this.#clones.push(clone)
    return clone
  }

  /** Pushes files on a branch from the present main, in the repository or in a fork; returns the commit. */
  async push(who: Person, branch: string, files: Readonly<Record<string, string>>, to = REPOSITORY): Promise<string> {
    const clone = await this.clone(who, to)
    await clone.git('fetch', '-q', this.gitea.remote(who, REPOSITORY), 'main')
    await clone.git('checkout', '-q', '-B', branch, 'FETCH_HEAD')
    const commit = await clone.push(branch, files)
    await this.gitea.noticed(to, branch, commit)
    return commit
  }

  /** Opens a pull request of a branch; returns its number. */
  async open(who: Person, branch: string, files: Readonly<Record<string, string>>): Promise<number> {
    await this.push(who, branch, files)
    return this.pull(who, branch)
  }

  async pull(who: Person, head: string, base = 'main'): Promise<number> {
    const body = { head, base, title: head }
    return (await this.gitea.call<{ number: number }>(who, 'POST', `/repos/${REPOSITORY}/pulls`, body)).number
  }

  comments = (number: number): Promise<readonly Comment[]> =>
    this.gitea.call(this.gitea.admin, 'GET', `/repos/${REPOSITORY}/issues/${number}/comments`)

  /** Bodies of the comments of the server. */
  async said(number: number): Promise<readonly string[]> {
    return (await this.comments(number)).filter(({ user }) => user.login === 'bot').map(({ body }) => body)
  }

  /** Waits until some comment of the server says something; returns it. */
  async hears(number: number, text: string): Promise<string> {
    let found: string | undefined
    await until(
      async () => {
        found = (await this.said(number)).find((body) => body.includes(text))
        return found !== undefined
      },
      async () => `${text}\n in ${(await this.said(number)).join('\n---\n')}\n${this.output}`,
    )
    return found ?? ''
  }

  /** Asks for something that is answered; again where the review has changed meanwhile, as the answer then says. */
  async asks(who: Person, number: number, body: string): Promise<string> {
    const id = await this.comment(who, number, body)
    const answer = await this.hears(number, `<!-- plumbline answer ${id} -->`)
    return answer.includes('has changed since your comment') ? this.asks(who, number, body) : answer
  }

  async comment(who: Person, number: number, body: string): Promise<number> {
    const path = `/repos/${REPOSITORY}/issues/${number}/comments`
    return (await this.gitea.call<{ id: number }>(who, 'POST', path, { body })).id
  }

  /** Waits for the reaction of the server to a comment. */
  async reactions(comment: number): Promise<readonly string[]> {
    const path = `/repos/${REPOSITORY}/issues/comments/${comment}/reactions`
    let all: readonly { content: string }[] = []
    await until(async () => {
      all = (await this.gitea.call<typeof all | null>(this.gitea.admin, 'GET', path)) ?? []
      return all.length > 0
    })
    return all.map(({ content }) => content)
  }

  async merge(number: number): Promise<void> {
    const merging = () =>
      this.gitea.call(this.alice, 'POST', `/repos/${REPOSITORY}/pulls/${number}/merge`, { Do: 'merge' })
    // Gitea looks first whether a branch can be merged.
    await until(() =>
      merging().then(
        () => true,
        () => false,
      ),
    )
  }

  /** State of the check on a commit, the last one first. */
  async check(commit: string): Promise<{ readonly status: string; readonly description: string } | undefined> {
    const all = await this.gitea.call<{ status: string; description: string }[]>(
      this.gitea.admin,
      'GET',
      `/repos/${REPOSITORY}/statuses/${commit}?sort=recentupdate`,
    )
    return all[0]
  }

  /** Asks the service that the server applies to, as its administrator. */
  async call(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const dataFolder = join(this.#folder, 'live/.plumbline/data')
    const embedded = await openEmbedded({ store: dataFolder, dataFolder })
    try {
      const answer = await embedded.fetch(`${EMBEDDED_URL}${path}`, {
        method,
        headers: { 'x-api-key': embedded.adminKey ?? '', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return JSON.parse((await answer.text()) || '{}')
    } finally {
      await embedded.close()
    }
  }

  async close(): Promise<void> {
    await this.kill()
    for (const clone of this.#clones) await clone.remove()
    await this.gitea.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** The machine may be busy with much else. */
const PATIENCE_MS = 240_000

/** Of one test. */
export const STEP_TIMEOUT = 600_000

/** Waits for a condition; what is shown when it never comes true is `what`. */
export async function until(condition: () => Promise<boolean>, what = async () => 'the condition'): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`it never came: ${await what()}`)
    await delay(100)
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}
