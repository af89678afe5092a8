import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, get, request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { KubeConfig } from '@kubernetes/client-node'
import { parse } from 'yaml'
import { KubeApi, type KubeObject, type KubeResourceType } from '../../controller/kube/api.ts'
import { ensureTool } from '../../engine/engine.ts'
import { compact, type Revisions, restored, revisions } from './etcd.ts'

const CRD_FOLDER = new URL('../../config/crds/', import.meta.url)
const NAMESPACES: KubeResourceType = { group: '', version: 'v1', plural: 'namespaces' }
const CRDS: KubeResourceType = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' }
const START_MS = 60_000

/** A real API server over a real etcd on loopback, with RBAC and the project's CRDs. */
export interface Kube {
  readonly server: string
  /** Calls as the administrator. */
  readonly admin: KubeApi
  /** Any request as the administrator, e.g. one that the controller never makes. */
  call(method: string, path: string, options?: { readonly body?: unknown; readonly accept?: string }): Promise<Answer>
  /** Connection settings of a user of the token file: `admin` or `controller`. */
  configOf(user: User, server?: string): KubeConfig
  /** Connection settings of a service account, which is made with nothing but the rights that somebody gives it. */
  accountIn(namespace: string, name: string): Promise<KubeConfig>
  /** A fresh namespace; returns its name. */
  namespace(): Promise<string>
  /** Ends the API server at once (SIGKILL); etcd and its data stay. */
  killServer(): Promise<void>
  startServer(): Promise<void>
  /** Starts kube-controller-manager with what ends namespaces and collects garbage. */
  startControllerManager(): Promise<void>
  /** Makes etcd forget the history of every object up to now. */
  compact(): Promise<void>
  /** Leaves the server to the next one who asks for one, as new. */
  stop(): Promise<void>
  /** Ends etcd and the API server for good. */
  end(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

type User = 'admin' | 'controller'

interface Home {
  readonly folder: string
  readonly etcdPort: number
  readonly port: number
  readonly tokens: Readonly<Record<User, string>>
}

/** The processes of one server. */
interface Running {
  readonly home: Home
  readonly etcd: ChildProcess
  readonly admin: KubeApi
  server: ChildProcess
  readonly others: ChildProcess[]
  /** What etcd held when nobody had used it yet. */
  readonly initial: Revisions
  /** Whether a file did more to it than to make objects. */
  isWorn: boolean
}

/** Servers that test files of this process are done with, as new: to start one takes seconds of processor time. */
const IDLE: Running[] = []

/** etcd and kube-apiserver (built once when they are not on the PATH) with the CRDs, and nothing in it that a test has made. */
export async function startKube(): Promise<Kube> {
  const running = IDLE.pop() ?? (await startAnew())
  const { home, admin } = running
  return {
    server: urlOf(home),
    admin,
    call: (method, path, options = {}) => call(home, method, path, options),
    configOf: (user, url) => configFor(home, home.tokens[user], url),
    accountIn: async (namespace, name) => configFor(home, await tokenOf(home, namespace, name)),
    namespace: () => newNamespace(admin),
    killServer: async () => {
      running.isWorn = true
      await end(running.server)
    },
    startServer: async () => {
      running.server = await startServer(home)
    },
    startControllerManager: async () => {
      running.isWorn = true
      running.others.push(await startControllerManager(home))
    },
    compact: () => compact(home.etcdPort),
    stop: async () => {
      if (!running.isWorn && (await restored(home.etcdPort, running.initial))) IDLE.push(running)
      else await endAll(running)
    },
    end: () => endAll(running),
  }
}

async function startAnew(): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-kube-'))
  const token = (): string => randomBytes(16).toString('hex')
  const tokens = { admin: token(), controller: token() }
  const home: Home = { folder, etcdPort: await freePort(), port: await freePort(), tokens }
  await writeCredentials(home)
  const etcd = startEtcd(await ensureTool('etcd'), home)
  const server = await startServer(home)
  const admin = new KubeApi(configFor(home, tokens.admin))
  await installCrds(admin)
  const running = { home, etcd, admin, server, others: [], initial: await revisions(home.etcdPort), isWorn: false }
  process.once('exit', () => killAll(running))
  // So Vitest ends its workers; without a handler they would not come to their exit.
  process.once('SIGTERM', () => process.exit())
  return running
}

async function startServer(home: Home): Promise<ChildProcess> {
  const process = start(await ensureTool('kube-apiserver'), serverFlags(home))
  await ready(home, process)
  return process
}

async function endAll({ home, etcd, server, others }: Running): Promise<void> {
  for (const process of [...others, server, etcd]) await end(process)
  await rm(home.folder, { recursive: true, force: true })
}

/** While the process of the tests exits. */
function killAll({ home, etcd, server, others }: Running): void {
  for (const process of [...others, server, etcd]) process.kill('SIGKILL')
  rmSync(home.folder, { recursive: true, force: true })
}

/** The definitions that people install, as they lie in config/crds. */
export async function crds(): Promise<readonly KubeObject[]> {
  const files = (await readdir(CRD_FOLDER)).filter((name) => name.endsWith('.yaml'))
  return Promise.all(files.map(async (file) => parse(await readFile(new URL(file, CRD_FOLDER), 'utf8')) as KubeObject))
}

const urlOf = ({ port }: Home): string => `https://127.0.0.1:${port}`

const certificateOf = ({ folder }: Home): string => join(folder, 'certificates', 'apiserver.crt')

const start = (program: string, flags: readonly string[]): ChildProcess =>
  spawn(program, flags, { stdio: ['ignore', 'ignore', process.env.KUBE_LOG ? 'inherit' : 'ignore'] })

function startEtcd(program: string, { folder, etcdPort }: Home): ChildProcess {
  const client = `http://127.0.0.1:${etcdPort}`
  return start(program, [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    '--listen-peer-urls=http://127.0.0.1:0',
    '--unsafe-no-fsync',
    '--log-level=error',
  ])
}

const serverFlags = ({ folder, etcdPort, port }: Home): readonly string[] => [
  `--etcd-servers=http://127.0.0.1:${etcdPort}`,
  `--secure-port=${port}`,
  '--bind-address=127.0.0.1',
  `--cert-dir=${join(folder, 'certificates')}`,
  `--service-account-key-file=${join(folder, 'accounts.pem')}`,
  `--service-account-signing-key-file=${join(folder, 'accounts.pem')}`,
  '--service-account-issuer=https://kubernetes.default.svc',
  '--authorization-mode=RBAC',
  `--token-auth-file=${join(folder, 'tokens.csv')}`,
  '--disable-admission-plugins=ServiceAccount',
  '--service-cluster-ip-range=10.0.0.0/24',
]

async function startControllerManager(home: Home): Promise<ChildProcess> {
  const program = await ensureTool('kube-controller-manager')
  const kubeconfig = join(home.folder, 'controller-manager.kubeconfig')
  await writeFile(kubeconfig, configFor(home, home.tokens.admin).exportConfig(), { mode: 0o600 })
  return start(program, [
    `--kubeconfig=${kubeconfig}`,
    '--controllers=namespace-controller,garbage-collector-controller',
    '--leader-elect=false',
    '--secure-port=0',
  ])
}

async function writeCredentials({ folder, tokens }: Home): Promise<void> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  await writeFile(join(folder, 'accounts.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  const lines = [`${tokens.admin},admin,1,system:masters`, `${tokens.controller},controller,2`]
  await writeFile(join(folder, 'tokens.csv'), `${lines.join('\n')}\n`, { mode: 0o600 })
}

/** Settings with an own server, e.g. a proxy in front, go without its certificate. */
function configFor(home: Home, token: string, server = urlOf(home)): KubeConfig {
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'test', server, caFile: certificateOf(home) }],
    users: [{ name: 'user', token }],
    contexts: [{ name: 'test', cluster: 'test', user: 'user' }],
    currentContext: 'test',
  })
  return config
}

/** As a pod gets it. */
async function tokenOf(home: Home, namespace: string, name: string): Promise<string> {
  const folder = `/api/v1/namespaces/${namespace}/serviceaccounts`
  await call(home, 'POST', folder, { body: { metadata: { name } } })
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
  const answer = await call(home, 'POST', `${folder}/${name}/token`, { body })
  return (answer.body as { status: { token: string } }).status.token
}

function call(home: Home, method: string, path: string, options: { body?: unknown; accept?: string }): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${home.tokens.admin}`,
    accept: options.accept ?? 'application/json',
    'content-type': 'application/json',
  }
  const ca = readFileSync(certificateOf(home))
  return new Promise((resolve, reject) => {
    const asked = request(`${urlOf(home)}${path}`, { method, headers, ca }, async (answer) => {
      const said = await text(answer)
      resolve({ status: answer.statusCode ?? 0, body: said === '' ? undefined : JSON.parse(said) })
    })
    asked.once('error', reject)
    asked.end(options.body === undefined ? undefined : JSON.stringify(options.body))
  })
}

async function ready(home: Home, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MS
  while (!(await answersReady(home))) {
    if (server.exitCode !== null) throw new Error(`kube-apiserver ended with code ${server.exitCode}`)
    if (Date.now() > deadline) throw new Error('kube-apiserver was not ready in time')
    await delay(100)
  }
}

/** The certificate is made by the server when it starts, so this one question goes without checking it. */
function answersReady(home: Home): Promise<boolean> {
  const agent = new Agent({ rejectUnauthorized: false })
  const headers = { authorization: `Bearer ${home.tokens.admin}` }
  return new Promise((resolve) => {
    const asked = get(`${urlOf(home)}/readyz`, { agent, headers, timeout: 2_000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.once('error', () => resolve(false))
    asked.once('timeout', () => asked.destroy())
  })
}

const FOREVER = new AbortController().signal

async function installCrds(admin: KubeApi): Promise<void> {
  const wanted = await crds()
  await Promise.all(wanted.map((crd) => admin.create(CRDS, crd, FOREVER)))
  await until('the CRDs are established', async () => {
    const { items } = await admin.list(CRDS, { limit: 500, signal: FOREVER })
    return items.length === wanted.length && items.every(isEstablished)
  })
}

function isEstablished({ status }: KubeObject): boolean {
  const { conditions } = (status ?? {}) as { conditions?: readonly { type: string; status: string }[] | null }
  return (conditions ?? []).some((c) => c.type === 'Established' && c.status === 'True')
}

async function newNamespace(admin: KubeApi): Promise<string> {
  const name = `test-${randomBytes(4).toString('hex')}`
  await admin.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, FOREVER)
  return name
}

/** Asks again until the answer is neither `undefined` nor `false`; fails after the deadline with what was awaited. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>, seconds = 30): Promise<T> {
  const deadline = Date.now() + seconds * 1_000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`)
    await delay(20)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was assigned')
  return address.port
}
