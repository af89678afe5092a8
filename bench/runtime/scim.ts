import { create } from '../../identity/api/scim/operations.ts'
import { SCIM_USERS } from '../../identity/api/scim/users.ts'
import { openService } from '../../identity/service.ts'
import type { Numbers } from '../measure.ts'
import { latencyOf, rateOf } from './load.ts'
import type { Runtime } from './service.ts'

const TENANT = 'directory'
const SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'
/** Of the server's processor time. */
const CPU_SECONDS = 3
const TIMES = 20
/** Different titles, so that a page of one is full at 100,000 users. */
const TITLES = 1_000

/** Users in the store before the runtime starts, written by its own SCIM code without HTTP, which would take minutes. */
export async function fillDirectory(folder: string, users: number): Promise<void> {
  const { deps, close } = await openService({ store: folder, dataFolder: folder })
  const context = { deps, tenant: TENANT, base: '', now: new Date().toISOString(), caller: '' }
  try {
    for (let n = 0; n < users; n++) await create(SCIM_USERS, context, userOf(n))
  } finally {
    await close()
  }
}

/** Creates users beside the `users` that are there, then asks for pages of a hundred of them. */
export async function scimNumbers(runtime: Runtime, users: number): Promise<Numbers> {
  await runtime.admin('POST', '/v1/tenants', { tenant_id: TENANT })
  let next = users
  const { perCore, perSecond } = await rateOf(runtime, CPU_SECONDS, async () => {
    await runtime.admin('POST', `/scim/v2/${TENANT}/Users`, userOf(next++))
  })
  const own = `user-${Math.floor(users / 2)}`
  return {
    scimUsers: next,
    scimCreatesPerCore: perCore,
    scimCreatesPerSecond: perSecond,
    ...(await page(runtime, 'scimEqIndexed', `userName eq "${own}@example.com"`)),
    ...(await page(runtime, 'scimEqOther', 'title eq "Title 7"')),
    ...(await page(runtime, 'scimContains', `displayName co "${own}"`)),
  }
}

const userOf = (n: number) => ({
  schemas: [SCHEMA],
  userName: `user-${n}@example.com`,
  externalId: `external-${n}`,
  displayName: `Person user-${n} of many`,
  name: { givenName: 'Person', familyName: `Number ${n}` },
  title: `Title ${n % TITLES}`,
  emails: [{ value: `user-${n}@example.com`, type: 'work', primary: true }],
  active: true,
})

/** Median and processor time of a filtered page, in milliseconds. Throws when the filter finds nobody. */
async function page(runtime: Runtime, name: string, filter: string): Promise<Numbers> {
  const path = `/scim/v2/${TENANT}/Users?${new URLSearchParams({ filter, count: '100' })}`
  const { totalResults } = await runtime.admin<{ totalResults: number }>('GET', path)
  if (totalResults === 0) throw new Error(`${filter} found nobody`)
  const { median, cpu } = await latencyOf(runtime, TIMES, async () => {
    await runtime.admin('GET', path)
  })
  return { [`${name}Ms`]: median, [`${name}CpuMs`]: cpu }
}
