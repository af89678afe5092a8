import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
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
  stop(): Promise<void>
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

/** Starts etcd and kube-apiserver (built once when they are not on the PATH) and installs the CRDs. */
export async function startKube(): Promise<Kube> {
  const [etcdProgram, serverProgram] = [await ensureTool('etcd'), await ensureTool('kube-apiserver')]
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-kube-'))
  const token = (): string => randomBytes(16).toString('hex')
  const tokens = { admin: token(), controller: token() }
  const home: Home = { folder, etcdPort: await freePort(), port: await freePort(), tokens }
  await writeCredentials(home)
  const etcd = startEtcd(etcdProgram, home)
  const startServer = async (): Promise<ChildProcess> => {
    const process = start(serverProgram, serverFlags(home))
    await ready(home, process)
    return process
  }
  let server = await startServer()
  const others: ChildProcess[] = []
  const admin = new KubeApi(configFor(home, home.tokens.admin))
  await installCrds(admin)
  return {
    server: urlOf(home),
    admin,
    call: (method, path, options = {}) => call(home, method, path, options),
    configOf: (user, url) => configFor(home, home.tokens[user], url),
    accountIn: async (namespace, name) => configFor(home, await tokenOf(home, namespace, name)),
    namespace: () => newNamespace(admin),
    killServer: () => end(server),
    startServer: async () => {
      server = await startServer()
    },
    startControllerManager: async () => {
      others.push(await startControllerManager(home))
    },
    compact: () => compact(home),
    stop: async () => {
      for (const other of others) await end(other)
      await end(server)
      await end(etcd)
      await rm(folder, { recursive: true, force: true })
    },
  }
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

/** etcd's gateway from JSON to its RPCs (KV.Range, KV.Compact). */
async function compact({ etcdPort }: Home): Promise<void> {
  const ask = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${etcdPort}/v3/kv/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`etcd answered ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
  const { header } = (await ask('range', { key: Buffer.from('/').toString('base64') })) as {
    header: { revision: string }
  }
  await ask('compaction', { revision: header.revision, physical: true })
}

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
