import { execFileSync, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { parse } from 'yaml'
import { type Engine, engineEnvironment } from '../../engine/engine.ts'
import { EMBEDDED_URL, openEmbedded } from '../../identity/embedded.ts'
import { openService } from '../../identity/service.ts'
import { type FaultProxy, startFaultProxy } from './faults.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const SOURCES = [
  'config',
  'evidence',
  'reconciler',
  'providers',
  'identity',
  'cli',
  'docs',
  'package.json',
  'Pulumi.yaml',
  'pulumi.mjs',
]

export interface Ran {
  readonly code: number | null
  /** Standard output and standard error as they came. */
  readonly output: string
}

export interface StoredResource {
  readonly urn: string
  readonly type: string
  readonly inputs?: Readonly<Record<string, unknown>>
  readonly outputs?: Readonly<Record<string, unknown>>
}

const PROJECT = `apiVersion: plumbline.dev/v1alpha1
kind: Project
name: test
paths: [documents]
`

/** The connection through which test documents reach the embedded service of their project. */
export const VAULT = `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: vault}
spec:
  system: SecretsVault
  endpoint: embedded
  credentials: {apiKey: {fromFile: .plumbline/data/admin.key}}
`

/** Time that the first test of a machine may take: it builds the engine. */
export const ENGINE_TIMEOUT = 20 * 60_000

/** Where the program comes from: its package, or a checkout of the sources. */
export type Form = 'package' | 'sources'

const FORMS: Readonly<Record<Form, (folder: string) => Promise<void>>> = {
  package: async (folder) => {
    await cp(inject('program'), folder, { recursive: true })
    await rename(join(folder, 'index.mjs'), join(folder, 'pulumi.mjs'))
    await cp(join(REPOSITORY, 'Pulumi.yaml'), join(folder, 'Pulumi.yaml'))
  },
  sources: async (folder) => {
    for (const source of SOURCES) await cp(join(REPOSITORY, source), join(folder, source), { recursive: true })
  },
}

/** The program in a folder of its own, with the installed packages. */
async function copyProgram(form: Form, folder: string): Promise<void> {
  await FORMS[form](folder)
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
}

/**
 * A Pulumi stack of a small project on its own embedded service, in a checkout of its own, driven by the real engine.
 * Everything that is written lies below one temporary folder.
 */
export class Stack {
  readonly folder: string
  /** Further environment variables of the engine. */
  env: NodeJS.ProcessEnv = {}
  #name: string
  #project = 'plumbline'
  #backend: string
  readonly #form: Form
  readonly #engine: Engine
  readonly #closers: (() => Promise<void>)[] = []
  #checkout: string

  private constructor(folder: string, name: string, form: Form, engine: Engine) {
    this.folder = folder
    this.#name = name
    this.#form = form
    this.#backend = join(folder, 'state')
    this.#engine = engine
    this.#checkout = join(folder, 'checkout')
  }

  /** The test that calls it first needs ENGINE_TIMEOUT. */
  static async create(name: string, form: Form = 'package'): Promise<Stack> {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-stack-'))
    const onProgress = (line: string) => void process.stderr.write(`${line}\n`)
    const stack = new Stack(folder, name, form, await engineEnvironment(join(folder, 'state'), { onProgress }))
    await copyProgram(form, join(folder, 'checkout'))
    await mkdir(join(folder, 'project/documents'), { recursive: true })
    await writeFile(join(folder, 'project/plumbline.yaml'), PROJECT)
    await stack.run(['stack', 'init', name])
    return stack
  }

  /** The YAML documents of the project, in place of those before. */
  async documents(...texts: readonly string[]): Promise<void> {
    await writeFile(join(this.folder, 'project/documents/all.yaml'), texts.join('---\n'))
  }

  /** The guards of the project, as YAML. */
  async guards(text: string): Promise<void> {
    await writeFile(join(this.folder, 'project/plumbline.yaml'), `${PROJECT}guards: ${text}\n`)
  }

  /** One of the examples in place of the small project. */
  async example(name: string): Promise<void> {
    const project = join(this.folder, 'project')
    await rm(project, { recursive: true })
    await cp(join(REPOSITORY, 'examples', name), project, { recursive: true })
  }

  /** Runs the same stack from a second checkout, at another place, from now on. */
  async moveToAnotherCheckout(): Promise<void> {
    this.#checkout = join(this.folder, 'at another place/checkout')
    await mkdir(this.#checkout, { recursive: true })
    await copyProgram(this.#form, this.#checkout)
  }

  /** Gives the stack another name, as `pulumi stack rename` does. */
  async rename(name: string): Promise<void> {
    await this.#must(['stack', 'rename', name])
    this.#name = name
  }

  /** Takes the stack to another project of the engine, which the checkout is from now on. */
  async renameProject(project: string): Promise<void> {
    await this.#must(['stack', 'rename', `organization/${project}/${this.#name}`])
    const file = join(this.#checkout, 'Pulumi.yaml')
    const text = (await readFile(file, 'utf8')).replace(/^name: .*/m, `name: ${project}`)
    // The engine's rule: only keys that begin with the name of the project have a default.
    await writeFile(file, text.replaceAll('    default:', '    value:'))
    this.#project = project
  }

  /** Lets the engine work on another backend from now on; what is there of this stack is used. */
  async useBackend(name: string): Promise<void> {
    this.#backend = join(this.folder, name)
    await mkdir(this.#backend, { recursive: true })
    this.env = { ...this.env, PULUMI_BACKEND_URL: `file://${this.#backend}` }
    await this.run(['stack', 'init', this.#name])
  }

  /** Takes the state to another backend, by export and import. */
  async moveToBackend(name: string): Promise<void> {
    const file = await this.export()
    await this.useBackend(name)
    await this.import(file)
  }

  /** The state as it is now, in a file. */
  async export(): Promise<string> {
    const file = join(this.folder, 'export.json')
    await this.#must(['stack', 'export', '--show-secrets', '--file', file])
    return file
  }

  /** Takes the lock of a run that was killed away. */
  cancel = (): Promise<Ran> => this.run(['cancel', '--yes', this.#name])

  /** Takes an exported state in place of that of the stack. */
  async import(file: string): Promise<void> {
    await this.#must(['stack', 'import', '--file', file])
  }

  /** Takes a state that was recorded elsewhere, as if under the passphrase of this stack. */
  async importRecorded(recording: string): Promise<void> {
    const settings = await readFile(join(this.#checkout, `.plumbline/stacks/Pulumi.${this.#name}.yaml`), 'utf8')
    const { encryptionsalt: salt } = parse(settings) as { readonly encryptionsalt: string }
    const state = JSON.parse(await readFile(recording, 'utf8'))
    state.deployment.secrets_providers = { type: 'passphrase', state: { salt } }
    const file = join(this.folder, 'recorded.json')
    await writeFile(file, JSON.stringify(state))
    await this.import(file)
  }

  async #must(args: readonly string[]): Promise<void> {
    const ran = await this.run(args)
    if (ran.code !== 0) throw new Error(ran.output)
  }

  /** Serves the project's embedded service over HTTP, behind a proxy that sees every call and can do harm. */
  async proxied(): Promise<FaultProxy> {
    const service = await openService(this.#service)
    const proxy = await startFaultProxy(await service.listen({ host: '127.0.0.1', port: 0 }))
    this.#closers.push(
      () => proxy.close(),
      () => service.close(),
    )
    return proxy
  }

  up = (...args: readonly string[]): Promise<Ran> => this.run(['up', '--yes', '--skip-preview', '--diff', ...args])
  preview = (...args: readonly string[]): Promise<Ran> => this.run(['preview', '--diff', ...args])
  refresh = (): Promise<Ran> => this.run(['refresh', '--yes', '--skip-preview', '--diff'])

  run(args: readonly string[]): Promise<Ran> {
    return this.start(args).ended
  }

  /** Starts the engine; `kill` ends it and every process that it has started, with SIGKILL. */
  start(args: readonly string[], onOutput: (output: string) => void = () => {}) {
    const child = spawn(this.#engine.command, [...args, '--non-interactive', '--color', 'never'], {
      cwd: this.#checkout,
      env: {
        ...this.#engine.env,
        PLUMBLINE_PROJECT: join(this.folder, 'project'),
        PULUMI_STACK: this.#name,
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const hear = (data: unknown): void => {
      output += data
      onOutput(output)
    }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', hear)
    const ended = new Promise<Ran>((done, fail) => {
      child.once('error', fail)
      child.once('close', (code) => done({ code, output }))
    })
    return { ended, kill: () => killTree(child.pid ?? 0) }
  }

  /** The documents' resources as they stand in the state file. */
  async resources(): Promise<readonly StoredResource[]> {
    const { checkpoint } = JSON.parse(await readFile(this.stateFile, 'utf8'))
    const all: readonly StoredResource[] = checkpoint.latest?.resources ?? []
    return all.filter((r) => r.type.startsWith('pulumi-nodejs:plumbline:') && !r.type.endsWith(':Owner'))
  }

  get stateFile(): string {
    return join(this.#backend, '.pulumi/stacks', this.#project, `${this.#name}.json`)
  }

  /** The administrator key of the project's embedded service, which is made when there is none yet. */
  async adminKey(): Promise<string> {
    const embedded = await openEmbedded(this.#service)
    await embedded.close()
    return embedded.adminKey ?? ''
  }

  get #service() {
    const dataFolder = join(this.folder, 'project/.plumbline/data')
    return { store: this.env.PLUMBLINE_STORE ?? dataFolder, dataFolder }
  }

  /** Calls the embedded service as its administrator, behind the back of the engine. */
  async call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const embedded = await openEmbedded(this.#service)
    try {
      const answer = await embedded.fetch(`${EMBEDDED_URL}${path}`, {
        method,
        headers: { 'x-api-key': embedded.adminKey ?? '', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
    } finally {
      await embedded.close()
    }
  }

  async remove(): Promise<void> {
    for (const close of this.#closers) await close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Plugins run in process groups of their own, so they are found by their parents. */
function killTree(root: number): void {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const rows = table
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
  const family = new Set([root])
  for (let size = 0; size !== family.size; ) {
    size = family.size
    for (const [pid, parent] of rows) if (pid && parent && family.has(parent)) family.add(pid)
  }
  for (const pid of family) process.kill(pid, 'SIGKILL')
}

/** Every file below a folder, by path, as text. */
export async function filesBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((e) => e.isFile()).map((e) => resolve(e.parentPath, e.name))
  return new Map(await Promise.all(files.map(async (f) => [f, await readFile(f, 'latin1')] as const)))
}
