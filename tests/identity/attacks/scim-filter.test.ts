import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Postgres, startPostgres } from '../../support/postgres.ts'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'

interface Place {
  readonly world: OidcWorld
  /** Holds ada. */
  readonly tenant: string
}

let postgres: Postgres
let places: Readonly<Record<'SQLite' | 'PostgreSQL', Place>>
beforeAll(async () => {
  postgres = await startPostgres()
  places = { SQLite: await open(), PostgreSQL: await open({ store: await postgres.database() }) }
})
afterAll(async () => {
  for (const { world } of Object.values(places ?? {})) await world.close()
  await postgres?.stop()
})

/** The other tenant holds another ada, with a name that a filter could find. */
async function open(options: Parameters<typeof openOidcWorld>[0] = {}): Promise<Place> {
  const world = await openOidcWorld(options)
  const [tenant, other] = [await world.tenant(), await world.tenant()]
  const eve = { user_id: 'eve', username: 'eve', email: 'eve@example.com', tenant_id: other }
  await world.admin('POST', `/v1/tenants/${other}/users`, eve)
  return { world, tenant }
}

async function ask({ world, tenant }: Place, filter: string) {
  const headers = { 'x-api-key': String(world.service.createdAdminKey) }
  const url = `/scim/v2/${encodeURIComponent(tenant)}/Users?filter=${encodeURIComponent(filter)}`
  const answer = await world.service.app.inject({ url, headers })
  const { Resources = [], scimType } = answer.json()
  return { status: answer.statusCode, scimType, names: Resources.map((r: { userName: string }) => r.userName) }
}

const FOUND_NOTHING = { status: 200, scimType: undefined, names: [] }
const REFUSED = { status: 400, scimType: 'invalidFilter', names: [] }

describe.each(['SQLite', 'PostgreSQL'] as const)('a filter on %s', (store) => {
  const here = () => places[store]

  it.each([
    `' or '1'='1`,
    `ada' or 1=1 --`,
    `'; drop table documents; --`,
    `ada' union select * from documents --`,
    `\\" or userName pr or userName eq \\"`,
    `$1`,
    `?`,
    `%`,
    `a%`,
    `_da`,
    `*`,
    `{$ne:null}`,
    `\\u0000`,
    `ada\\u0000`,
    `\\ud800`,
    `аdа`,
    `a\u0301da`,
    `\u202eada`,
    `🐴`,
  ])('takes the text %j for a text: it finds nobody', async (text) => {
    for (const operator of ['eq', 'co', 'sw', 'ew'])
      expect(await ask(here(), `userName ${operator} "${text}"`), operator).toEqual(FOUND_NOTHING)
    expect((await ask(here(), 'userName pr')).names).toEqual(['ada'])
  })

  it.each([
    `userName eq 'ada'`,
    `userName eq "ada" --`,
    `userName eq "ada"; drop table documents`,
    `userName eq "ada" union select 1`,
    `1 eq 1`,
    `userName eq "ada\u0001"`,
    `__proto__ pr`,
    `constructor.name eq "Object"`,
    `tenant_id eq "place-2"`,
    `userName' eq "ada"`,
    `userName eq userName`,
    `userName eq {}`,
  ])('that is none is refused: %j', async (filter) => {
    expect(await ask(here(), filter)).toEqual(REFUSED)
  })

  it.each([
    'userName pr',
    'not (userName eq "ada") or userName eq "ada"',
    'userName eq "eve" or userName ne "eve"',
    'emails[value co "example.com"]',
    'userName sw ""',
    'userName eq "ａｄａ"',
  ])('finds nobody of another tenant: %s', async (filter) => {
    expect((await ask(here(), filter)).names).toEqual(['ada'])
  })

  it('tells nothing about passwords', async () => {
    expect(await ask(here(), 'password pr or password co "a" or password gt "$"')).toEqual(FOUND_NOTHING)
  })

  it.each([
    ['long', `userName eq "${'x'.repeat(3000)}"`],
    ['longer than any', `userName eq "${'x'.repeat(100_000)}"`],
    ['of open brackets', '('.repeat(1900)],
    ['of open value filters', 'emails['.repeat(280)],
    ['of open quotes', `userName eq "${'\\"'.repeat(900)}`],
    ['of blanks', `userName${' '.repeat(1900)}`],
  ])('that is too much is refused: %s', async (_what, filter) => {
    expect([400, 422]).toContain((await ask(here(), filter)).status)
  })

  it.each([
    ['brackets', `${'('.repeat(900)}userName pr${')'.repeat(900)}`],
    ['negations', `${'not ('.repeat(300)}userName pr${')'.repeat(300)}`],
    ['alternatives', Array.from({ length: 130 }, () => 'userName pr').join(' or ')],
  ])('of many %s finds what it says, or is refused', async (_what, filter) => {
    const { status, names } = await ask(here(), filter)
    expect([
      { status: 200, names: ['ada'] },
      { status: 400, names: [] },
    ]).toContainEqual({ status, names })
  })
})
