import { LoginWorld } from '../../identity/login/world.ts'
import { type OidcWorld, openOidcWorld } from '../../identity/oidc/world.ts'
import { PasswordWorld } from '../../identity/password/world.ts'
import { Records } from './contract.ts'

/** The whole runtime, reached by every helper of the other suites; each answer that it gives is recorded. */
export interface ContractWorld {
  readonly records: Records
  readonly oidc: OidcWorld
  readonly login: LoginWorld
  readonly password: PasswordWorld
  close(): Promise<void>
}

/** Calls operations of the contract for real. */
export type Scenario = (world: ContractWorld) => Promise<void>

export async function openContractWorld(): Promise<ContractWorld> {
  let ahead = 0
  const oidc = await openOidcWorld({ host: 'localhost', now: () => new Date(Date.now() + ahead) })
  const records = new Records()
  const { app, deps, createdAdminKey } = oidc.service
  recordInjections(app, records)
  const stop = recordFetches(oidc.url, records)
  const clock = {
    get now() {
      return new Date(Date.now() + ahead)
    },
    set now(at) {
      ahead = at.getTime() - Date.now()
    },
  }
  const login = Object.assign(new LoginWorld(app, deps, clock), { adminKey: String(createdAdminKey) })
  login.place.url = oidc.url
  const password = new PasswordWorld(login, oidc.folder)
  const close = async () => {
    stop()
    await oidc.close()
  }
  return { records, oidc, login, password, close }
}

function recordInjections(app: OidcWorld['service']['app'], records: Records): void {
  const inject = app.inject.bind(app) as (options: { method?: string; url: string }) => Promise<{
    readonly statusCode: number
    readonly headers: Readonly<Record<string, unknown>>
    readonly body: string
  }>
  const recording = async (options: { method?: string; url: string }) => {
    const answer = await inject(options)
    const [path = ''] = options.url.split('?')
    const type = String(answer.headers['content-type'] ?? '')
    records.record({ method: options.method ?? 'GET', path, status: answer.statusCode, type, text: answer.body })
    return answer
  }
  Object.assign(app, { inject: recording })
}

function recordFetches(base: string, records: Records): () => void {
  const original = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const answer = await original(input, init)
    if (request.url.startsWith(base)) {
      const { pathname } = new URL(request.url)
      const text = await answer.clone().text()
      const type = answer.headers.get('content-type') ?? ''
      records.record({ method: request.method, path: pathname, status: answer.status, type, text })
    }
    return answer
  }
  return () => {
    globalThis.fetch = original
  }
}
