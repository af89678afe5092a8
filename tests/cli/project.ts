import { execFile, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { EMBEDDED_URL, openEmbedded } from '../../identity/embedded.ts'
import { COMMAND } from '../command.ts'

const DATA = '.plumbline/data'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Credentials of the SailPoint API of the test organization, planted so that they can be searched for. */
export const SECRETS = { SAILPOINT_CLIENT_ID: 'marked-client-7f3a', SAILPOINT_CLIENT_SECRET: 'marked-secret-91be' }

export const RUNTIME = `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: runtime}
spec:
  system: SecretsVault
  endpoint: embedded
  credentials: {apiKey: {fromFile: ${DATA}/admin.key}}
`

export const ORGANIZATION = `apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: acme}
spec:
  connectionRef: {name: runtime}
  displayName: Acme Housing
  access:
    sailpoint:
      clientId: {fromEnv: SAILPOINT_CLIENT_ID}
      clientSecret: {fromEnv: SAILPOINT_CLIENT_SECRET}
`

const CREDENTIALS = '{username: {fromEnv: SAILPOINT_CLIENT_ID}, password: {fromEnv: SAILPOINT_CLIENT_SECRET}}'
/** The organization with a OneWelcome CIM system, and its Connection. */
export const CIM = `${ORGANIZATION}    cim: ${CREDENTIALS}
---
apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: cim}
spec: {system: OneWelcomeCim, endpoint: embedded, organizationRef: {name: acme}, credentials: ${CREDENTIALS}}
`

/** The application `portal` of the tenant `web`, with these fields. */
export const portal = (fields: string): string => `apiVersion: plumbline.dev/v1alpha1
kind: Client
metadata: {name: portal}
spec:
  connectionRef: {name: runtime}
  tenantRef: {name: web}
  displayName: Portal
${fields}`

/** Fields of an application that has no secret. */
export const PUBLIC_CLIENT = '  type: Public\n  redirectUris: [https://portal.example/callback]\n'

/** The user `jane` of the tenant `web`, with more fields. */
export const jane = (fields = ''): string => `apiVersion: plumbline.dev/v1alpha1
kind: User
metadata: {name: jane}
spec:
  connectionRef: {name: runtime}
  tenantRef: {name: web}
  username: jane
  email: jane@acme.example
${fields}`

export const SAILPOINT = `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: sailpoint}
spec:
  system: SailPoint
  endpoint: embedded
  organizationRef: {name: acme}
  credentials:
    clientId: {fromEnv: SAILPOINT_CLIENT_ID}
    clientSecret: {fromEnv: SAILPOINT_CLIENT_SECRET}
`

export const RESET_CODES = `apiVersion: plumbline.dev/v1alpha1
kind: PasswordOrgConfig
metadata: {name: reset-codes}
spec:
  connectionRef: {name: sailpoint}
  digitToken: {enabled: true, length: 9}
`

export const tenant = (name: string, pinSize: number): string => `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: ${name}}
spec:
  connectionRef: {name: runtime}
  displayName: ${name}
  pin: {enabled: true, size: ${pinSize}}
`

/** A small project in a folder of its own, removed when its test ends, on which the real binary runs. */
export class Project {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** A folder with nothing in it; its name begins with `name`. */
  static async empty(name = 'plumbline-cli'): Promise<Project> {
    const project = new Project(await mkdtemp(join(tmpdir(), `${name}-`)))
    onTestFinished(() => project.remove())
    return project
  }

  /** With these YAML documents in `documents/all.yaml`. */
  static async create(...documents: readonly string[]): Promise<Project> {
    return (await Project.empty()).#with(documents)
  }

  /** The same for several tests; the last one removes it. */
  static async lasting(...documents: readonly string[]): Promise<Project> {
    return new Project(await mkdtemp(join(tmpdir(), 'plumbline-cli-'))).#with(documents)
  }

  /** All that is in the folder now, in another folder, removed when its test ends. */
  async copy(): Promise<Project> {
    const copy = await Project.empty()
    await cp(this.folder, copy.folder, { recursive: true })
    return copy
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }

  async #with(documents: readonly string[]): Promise<Project> {
    await this.write(
      'plumbline.yaml',
      'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: test\npaths: [documents]\n',
    )
    await this.documents(...documents)
    return this
  }

  /** Puts these YAML documents in place of those before. */
  documents = (...texts: readonly string[]): Promise<void> => this.write('documents/all.yaml', texts.join('---\n'))

  async write(file: string, content: string): Promise<void> {
    const path = join(this.folder, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }

  /** Runs `plumbline` here, without a terminal, to its end. */
  run = async (...args: readonly string[]): Promise<Ran> => this.runWith({}, ...args)

  async runWith(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ran> {
    const child = this.start(env, ...args)
    const ended = new Promise<number | null>((done) => child.once('close', done))
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
    return { code, stdout, stderr }
  }

  start(env: NodeJS.ProcessEnv, ...args: readonly string[]) {
    return spawn(process.execPath, [...COMMAND, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...SECRETS, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  /** Runs git here, as somebody. */
  async git(...args: readonly string[]): Promise<void> {
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com']
    await promisify(execFile)('git', [...who, ...args], { cwd: this.folder })
  }

  /** Calls the embedded runtime as its administrator, behind the documents' back. */
  async call(method: string, path: string, body?: unknown) {
    const dataFolder = join(this.folder, DATA)
    const embedded = await openEmbedded({ store: dataFolder, dataFolder })
    try {
      const answer = await embedded.fetch(`${EMBEDDED_URL}${path}`, {
        method,
        headers: { 'x-api-key': embedded.adminKey ?? '', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
    } finally {
      await embedded.close()
    }
  }

  /** Changes the size of a tenant's PIN behind the documents' back. */
  async changePinSize(tenantId: string, size: number): Promise<void> {
    const { body } = await this.call('GET', `/v1/tenants/${tenantId}`)
    const { is_2fa: _, ...writable } = body
    const { status } = await this.call('PUT', `/v1/tenants/${tenantId}`, { ...writable, pin_size: size })
    if (status !== 200) throw new Error(`the tenant could not be changed: ${status}`)
  }
}
