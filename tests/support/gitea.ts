import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ensureTool } from '../../engine/engine.ts'

const run = promisify(execFile)
const SOURCES = fileURLToPath(new URL('../../engine/gitea', import.meta.url))
const START_MS = 60_000

/** Time that the first test of a machine may take: it builds Gitea. */
export const GITEA_TIMEOUT = 40 * 60_000

/** Somebody with an account. */
export interface Person {
  readonly login: string
  readonly token: string
}

/** A real Gitea on loopback, with SQLite in a folder of its own. */
export class Gitea {
  readonly url: string
  readonly #folder: string
  readonly #program: string
  #process: ChildProcess | undefined
  /** An administrator. */
  readonly admin: Person = { login: 'root', token: '' }

  private constructor(folder: string, program: string, port: number) {
    this.#folder = folder
    this.#program = program
    this.url = `http://127.0.0.1:${port}`
  }

  static async start(): Promise<Gitea> {
    const program = await ensureTool('gitea', { onProgress: (line) => void process.stderr.write(`${line}\n`) })
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-gitea-'))
    const port = await freePort()
    const gitea = new Gitea(folder, program, port)
    await writeFile(join(folder, 'app.ini'), await settings(folder, port))
    await gitea.#command('migrate')
    await gitea.#command('admin', 'user', 'create', '--admin', ...account('root'))
    const token = await gitea.#command(...['admin', 'user', 'generate-access-token', '--username', 'root'], ...SCOPES)
    Object.assign(gitea.admin, { token: lastLine(token) })
    await gitea.#serve()
    return gitea
  }

  async stop(): Promise<void> {
    this.#process?.kill('SIGKILL')
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  /** A new account with a token. */
  async person(login: string): Promise<Person> {
    await this.#command('admin', 'user', 'create', ...account(login))
    const token = await this.#command('admin', 'user', 'generate-access-token', '--username', login, ...SCOPES)
    return { login, token: lastLine(token) }
  }

  /** Calls the API as somebody; what is not a success throws. */
  async call<T = unknown>(who: Person, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `token ${who.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  /** Waits until Gitea has noticed what was pushed to a branch: it does so a moment after the push. */
  async noticed(repository: string, branch: string, commit: string): Promise<void> {
    const path = `/repos/${repository}/branches/${encodeURIComponent(branch)}`
    const seen = () => this.call<{ commit: { id: string } }>(this.admin, 'GET', path).catch(() => undefined)
    while ((await seen())?.commit.id !== commit) await delay(20)
  }

  /** Address that git pushes to as somebody. */
  remote(who: Person, repository: string): string {
    const url = new URL(`${this.url}/${repository}.git`)
    Object.assign(url, { username: who.login, password: who.token })
    return url.href
  }

  async #command(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(this.#program, [...args, '--config', join(this.#folder, 'app.ini')], {
      env: this.#env,
    })
    return stdout
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, GITEA_WORK_DIR: this.#folder, HOME: this.#folder }
  }

  async #serve(): Promise<void> {
    const args = ['web', '--config', join(this.#folder, 'app.ini')]
    const output = process.env.GITEA_LOG ? 'inherit' : 'ignore'
    this.#process = spawn(this.#program, args, { env: this.#env, stdio: ['ignore', output, output] })
    const end = Date.now() + START_MS
    while (!(await answers(`${this.url}/api/healthz`))) {
      if (Date.now() > end || this.#process.exitCode !== null) throw new Error('Gitea did not start')
      await delay(50)
    }
  }
}

const SCOPES = ['--scopes', 'all', '--raw', '--token-name', 'test']
const account = (login: string) => [
  ...['--username', login, '--password', 'a long enough Passw0rd', '--must-change-password=false'],
  ...['--email', `${login}@example.com`],
]

/** Before it may stand remarks of the log. */
const lastLine = (output: string): string => output.trim().split('\n').at(-1) ?? ''

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Templates and options lie in the Go module that it was built from; one from the PATH brings its own. */
async function settings(folder: string, port: number): Promise<string> {
  const list = ['list', '-C', SOURCES, '-m', '-f', '{{.Dir}}', 'code.gitea.io/gitea']
  const module = await run('go', list).catch(() => undefined)
  await mkdir(join(folder, 'data'), { recursive: true })
  return `I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = ${folder}
[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
DISABLE_SSH = true
OFFLINE_MODE = true
${module === undefined ? '' : `STATIC_ROOT_PATH = ${module.stdout.trim()}`}
[database]
DB_TYPE = sqlite3
PATH = ${join(folder, 'data/gitea.db')}
[repository]
ROOT = ${join(folder, 'repositories')}
[security]
INSTALL_LOCK = true
SECRET_KEY = test
PASSWORD_HASH_ALGO = pbkdf2
[webhook]
ALLOWED_HOST_LIST = loopback
[service]
DISABLE_REGISTRATION = true
[actions]
ENABLED = false
[indexer]
ISSUE_INDEXER_TYPE = db
[log]
LEVEL = Error
`
}
