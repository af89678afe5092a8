/** One request as a provisioning service sends it, and what it needs of the answer. `{name}` stands for what an earlier answer said. */
export interface Exchange {
  readonly what: string
  readonly request: readonly [method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object]
  readonly status: number
  /** At least this is in the answer. */
  readonly answer?: object
  /** Attributes that are not in it. */
  readonly without?: readonly string[]
  /** The id in the answer, by this name. */
  readonly remember?: string
}

/** A directory service: how it sends, and what, in the order of its own documentation. */
export interface Recording {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  readonly exchanges: readonly Exchange[]
}

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export const patchOp = (...Operations: readonly object[]) => ({ schemas: [PATCH_OP], Operations })
export const NOBODY = { schemas: [LIST], totalResults: 0 }
export const found = (...Resources: readonly object[]) => ({
  schemas: [LIST],
  totalResults: Resources.length,
  Resources,
})
