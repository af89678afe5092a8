import type { Operation } from '../client.ts'
import { encoded } from '../session.ts'

/** What addresses one object. */
export interface ResourcePath {
  /** Empty for kinds outside tenants. */
  readonly tenant: string
  readonly key: string
  readonly id: string
}

/** How one kind travels; the fields themselves are in its schema. */
export interface VaultResource {
  /** Wire name of the id that the server knows the object by. */
  readonly id: string
  /** Wire name of the natural key. */
  readonly key: string
  /** The body names the tenant too. */
  readonly tenant?: 'tenant_id'
  readonly list: (place: ResourcePath) => Operation
  /** Member of the list answer that holds the objects. */
  readonly items: string
  /** Query parameter that skips objects; absent where the list comes in one piece. */
  readonly skip?: 'skip' | 'offset'
  /** Read by id and by natural key; without them the object is found in the list. */
  readonly readById?: (place: ResourcePath) => Operation
  readonly readByKey?: (place: ResourcePath) => Operation
  readonly create: (place: ResourcePath) => Operation
  readonly update?: (place: ResourcePath) => Operation
  /** What an update body holds: the changed fields, the whole record, or the whole record without create-only fields. */
  readonly updateBody: 'changes' | 'record' | 'recordWithoutCreateOnly'
  readonly remove?: (place: ResourcePath) => Operation
  /** Makes the value that is shown once again. */
  readonly regenerate?: (place: ResourcePath) => Operation
  /** Member of the answers to create and regenerate that is shown once. */
  readonly produces?: string
  /** Member of the answers that tells one such value from another, and nothing about it. */
  readonly fingerprint?: string
  /** Member of the bodies for a secret that we make: for documents that say where it goes. */
  readonly makes?: string
  /** The server takes two objects of one name, so that repeating a create would make a second one. */
  readonly namesakes?: true
}

/** Objects per page: the largest that every list allows. */
export const PAGE_SIZE = 500

const get = (id: string, path: string): Operation => ({ id, method: 'GET', path, accepts: [404] })
const users = (tenant: string): string => `/v1/tenants/${encoded(tenant)}/users`

/** Contract secrets-vault, by kind. */
export const RESOURCES: Readonly<Record<'Tenant' | 'Client' | 'User' | 'ApiKey' | 'Organization', VaultResource>> = {
  Tenant: {
    id: 'tenant_id',
    key: 'tenant_id',
    list: () => get('listTenants', '/v1/tenants'),
    items: 'tenants',
    readByKey: ({ key }) => get('getTenant', `/v1/tenants/${encoded(key)}`),
    create: () => ({ id: 'createTenant', method: 'POST', path: '/v1/tenants' }),
    update: ({ id }) => ({ id: 'updateTenant', method: 'PUT', path: `/v1/tenants/${encoded(id)}` }),
    updateBody: 'recordWithoutCreateOnly',
  },
  Client: {
    id: 'client_id',
    key: 'client_id',
    tenant: 'tenant_id',
    list: ({ tenant }) => get('listClients', `/v1/clients?tenant_id=${encoded(tenant)}`),
    items: 'clients',
    skip: 'skip',
    create: () => ({ id: 'createClient', method: 'POST', path: '/v1/clients' }),
    update: ({ id }) => ({ id: 'updateClient', method: 'PUT', path: `/v1/clients/${encoded(id)}` }),
    updateBody: 'record',
    makes: 'client_secret',
  },
  User: {
    id: 'user_id',
    key: 'username',
    tenant: 'tenant_id',
    list: ({ tenant }) => get('listUsers', `${users(tenant)}?sort_by=username&sort_direction=1`),
    items: 'data',
    skip: 'offset',
    readById: ({ tenant, id }) => get('getUser', `${users(tenant)}/${encoded(id)}`),
    readByKey: ({ tenant, key }) => get('getUserByName', `/v1/tenants/${encoded(tenant)}/usernames/${encoded(key)}`),
    create: ({ tenant }) => ({ id: 'createUser', method: 'POST', path: users(tenant) }),
    update: ({ tenant, id }) => ({ id: 'updateUser', method: 'PUT', path: `${users(tenant)}/${encoded(id)}` }),
    updateBody: 'record',
    remove: ({ tenant, id }) => ({
      id: 'batchDeleteUsers',
      method: 'POST',
      path: `${users(tenant)}/batch/delete`,
      body: { users_ids: [id] },
      accepts: [404],
    }),
  },
  ApiKey: {
    id: 'key_id',
    key: 'name',
    tenant: 'tenant_id',
    list: ({ tenant }) => get('listTenantApiKeys', `/v1/api-keys?tenant_id=${encoded(tenant)}`),
    items: 'api_keys',
    create: () => ({ id: 'createTenantApiKey', method: 'POST', path: '/v1/api-keys' }),
    remove: ({ id }) => ({
      id: 'deleteTenantApiKey',
      method: 'DELETE',
      path: `/v1/api-keys/${encoded(id)}`,
      accepts: [404],
    }),
    updateBody: 'changes',
    regenerate: ({ id }) => ({
      id: 'regenerateTenantApiKey',
      method: 'POST',
      path: `/v1/api-keys/${encoded(id)}/regenerate`,
    }),
    produces: 'api_key',
    fingerprint: 'key_hash',
    namesakes: true,
  },
  Organization: {
    id: 'organization_id',
    key: 'organization_id',
    list: () => get('listOrganizations', '/v1/organizations'),
    items: 'organizations',
    skip: 'offset',
    readByKey: ({ key }) => get('getOrganization', `/v1/organizations/${encoded(key)}`),
    create: () => ({ id: 'createOrganization', method: 'POST', path: '/v1/organizations' }),
    update: ({ id }) => ({ id: 'updateOrganization', method: 'PUT', path: `/v1/organizations/${encoded(id)}` }),
    updateBody: 'changes',
    remove: ({ id }) => ({
      id: 'deleteOrganization',
      method: 'DELETE',
      path: `/v1/organizations/${encoded(id)}`,
      accepts: [404],
    }),
  },
}
