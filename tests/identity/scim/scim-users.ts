import { afterAll, beforeAll, beforeEach } from 'vitest'
import { openWorld, type World } from '../vault/world.ts'

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** What the service is reached by when nobody told it otherwise. */
export const ORIGIN = 'http://localhost'

export const jane = {
  schemas: [USER, ENTERPRISE],
  userName: 'Jane',
  externalId: 'ext-1',
  name: { givenName: 'Jane', familyName: 'Doe' },
  emails: [
    { value: 'home@jane.example', type: 'home' },
    { value: 'jane@acme.example', type: 'work', primary: true },
  ],
  roles: [{ value: 'editor', display: 'Editor' }],
  [ENTERPRISE]: { department: 'Sales' },
}

/** A service with a tenant of its own for each test. */
export function scimUsers() {
  let world: World
  let tenant: string
  beforeAll(async () => {
    world = await openWorld()
  })
  afterAll(() => world.close())
  beforeEach(async () => {
    tenant = await world.tenant()
  })
  const users = (): string => `/scim/v2/${tenant}/Users`
  return {
    get world() {
      return world
    },
    get tenant() {
      return tenant
    },
    /** Address of the users. */
    get users() {
      return users()
    },
    create: async (body: object = jane) => (await world.send('POST', users(), body)).body,
    patch: (id: string, Operations: unknown, headers = {}) =>
      world.send('PATCH', `${users()}/${id}`, { schemas: [PATCH], Operations }, { headers }),
  }
}
