import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EMBEDDED_URL, openEmbedded } from '../../../identity/embedded.ts'

/** Credentials of every organization of these tests. */
export const ACCESS = {
  pigello: {
    customer_id: 'customer',
    application_id: 'application',
    service_id: 'service',
    service_version_id: '1',
    client_ct: 'ct',
    client_entity: 'entity',
    client_secret: 'MARKED-pigello',
  },
  cim: { username: 'cim', password: 'MARKED:cim' },
  sailpoint: { client_id: 'sailpoint', client_secret: 'MARKED-sailpoint' },
  navixy: { hash: '22eac1c27af4be7b9d04da2ce1af111b' },
}

export interface Call {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, unless it is text already. */
  readonly body?: unknown
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; `undefined` when it is empty. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked against their contract, then read freely
  readonly json: any
}

export interface Runtime {
  readonly adminKey: string
  readonly folder: string
  call(call: Call): Promise<Answer>
  admin(method: string, path: string, body?: unknown): Promise<Answer>
  /** Moves the clock of the runtime. */
  later(seconds: number): void
  close(): Promise<void>
}

/** A runtime of its own in a temporary folder, at a clock that only moves when told. */
export async function openRuntime(): Promise<Runtime> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-runtime-'))
  let now = new Date('2026-01-01T00:00:00Z')
  const embedded = await openEmbedded({ store: folder, dataFolder: folder, now: () => now })
  const adminKey = embedded.adminKey ?? ''
  const call = (c: Call) => send(embedded.fetch, c)
  return {
    adminKey,
    folder,
    call,
    admin: (method, path, body) => call({ method, path, body, headers: { 'x-api-key': adminKey } }),
    later: (seconds) => {
      now = new Date(now.getTime() + seconds * 1000)
    },
    close: async () => {
      await embedded.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function send(fetch: typeof globalThis.fetch, { method, path, headers, body }: Call): Promise<Answer> {
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(`${EMBEDDED_URL}${path}`, {
    method,
    headers: { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(payload === undefined ? {} : { body: payload }),
  })
  const text = await response.text()
  const json = text === '' ? undefined : JSON.parse(text)
  return { status: response.status, headers: response.headers, text, json }
}

let made = 0

/** Creates an organization with `ACCESS`; returns it. */
export async function newOrganization(runtime: Runtime): Promise<{ organization_id: string; id: string }> {
  const organization_id = `acme-${++made}`
  const answer = await runtime.admin('POST', '/v1/organizations', { organization_id, access: ACCESS })
  if (answer.status !== 201) throw new Error(`the organization was not made: ${answer.text}`)
  return answer.json
}
