import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Kind, SystemName } from '../../config/kind.ts'
import { kindOf } from '../../config/kinds/index.ts'
import { ID_HEADERS, withRequests } from '../../reconciler/requests.ts'
import { CASES } from './cases.ts'
import { openWorld, type World } from './world.ts'

/** One kind of each system, with something to create. */
const WRITTEN: Readonly<Record<SystemName, string>> = {
  SecretsVault: 'Client',
  Pigello: 'SecurityConfiguration',
  OneWelcomeCim: 'CimActionTokenUrl',
  SailPoint: 'PasswordOrgConfig',
  Navixy: 'MfaDefault',
}
const NAMES = Object.keys(WRITTEN) as SystemName[]
const CONTRACTS = 'docs/contracts'

describe('what a system calls a request', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld()
  })
  afterAll(() => world.close())

  /** Ids of the requests of a write, when the answers have these headers in place of their own. */
  async function idsWith(system: SystemName, headers: Readonly<Record<string, string>>) {
    const {
      kind: name,
      key,
      desired,
    } = CASES.find((one) => one.kind === WRITTEN[system]) ?? expect.fail(`${system} has no case`)
    const kind = kindOf(name) as Kind
    const named: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      const own = [...answer.headers].filter(([header]) => !ID_HEADERS.includes(header))
      return new Response(await answer.text().then((text) => text || null), {
        status: answer.status,
        headers: { ...Object.fromEntries(own), ...headers },
      })
    }
    const adapter = world.connect(system, await world.organization(), { fetch: named }).adapter(kind)
    const target = { kind, address: `${name}/sample`, key, tenant: await world.tenant() }
    const { done, told } = await withRequests(() => adapter.create(target, desired, new AbortController().signal))
    expect(done.status, JSON.stringify(done)).toBe('fulfilled')
    return (told.requests ?? expect.fail('nothing was sent')).map(({ id, trace }) => [
      id,
      /^00-[0-9a-f]{32}-/.test(trace),
    ])
  }

  const ALL = NAMES.flatMap((system) => ID_HEADERS.map((header) => [system, header] as const))

  it.each(ALL)('of %s in %s is in the evidence', async (system, header) => {
    const ids = await idsWith(system, { [header]: 'marked-0A.1' })
    expect(ids.length).toBeGreaterThan(0)
    for (const id of ids) expect(id).toEqual(['marked-0A.1', true])
  })

  it.each(NAMES)('of %s may be unsaid, and no id is made up: the trace stays', async (system) => {
    for (const id of await idsWith(system, {})) expect(id).toEqual([undefined, true])
  })

  it.each(['a b', 'x'.repeat(129), '<script>', '\u001b[31m'.replace('\u001b', '%1b')])(
    'is left out when it is none: %s',
    async (text) => {
      for (const id of await idsWith('SailPoint', { 'slpt-request-id': text })) expect(id).toEqual([undefined, true])
    },
  )

  it('is in every header that a contract names for it', async () => {
    const files = (await readdir(CONTRACTS)).filter((name) => name.endsWith('.yaml'))
    expect(files.length).toBeGreaterThan(0)
    const named = (await Promise.all(files.map((file) => readFile(`${CONTRACTS}/${file}`, 'utf8')))).flatMap((text) => [
      ...text.matchAll(/^\s+['"]?([a-z-]*(?:request-?id|correlation|trace)[a-z-]*)['"]?:\s*$/gim),
    ])
    for (const [, header = ''] of named) expect(ID_HEADERS).toContain(header.toLowerCase())
  })
})
