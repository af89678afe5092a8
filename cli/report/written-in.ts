import { isDeepStrictEqual } from 'node:util'
import { kindOf } from '../../config/kinds/index.ts'
import type { Documents } from '../../config/project/documents.ts'
import {
  connectionOf,
  foldedKey,
  type Index,
  keyOf,
  referencedKey,
  resolve,
  tenantOf,
  valueAt,
} from '../../config/references.ts'
import { addressOf, type Resource } from '../../config/resource.ts'
import type { LoginPolicy, ShownSetting } from './login-policy.ts'

/** Where a setting is written: `Kind/name` and `file:line`; `undefined` when no document has it. */
export type WrittenIn = (source: ShownSetting) => string | undefined

/** Finds settings of a policy in the documents of the project. */
export function writtenIn({ resources }: Pick<Documents, 'resources'>, policy: LoginPolicy): WrittenIn {
  const index = resolve(resources)
  return (source) => {
    const document = resources.find((r) => says(r, source) && isAbout(r, policy, index))
    return document && placeOf(document, source)
  }
}

const says = (document: Resource, source: ShownSetting): boolean =>
  document.kind === source.kind &&
  (source.object === undefined || keyOf(document) === source.object) &&
  isDeepStrictEqual(valueAt(document.spec, source.pointer), source.value)

/** The login that was asked about. */
export type AskedLogin = Pick<LoginPolicy, 'tenant_id' | 'organization_id' | 'client_id' | 'username'>

/** Kinds of which the policy names the one object that it is about. */
const NAMED: Readonly<Record<string, 'tenant_id' | 'client_id' | 'username'>> = {
  Tenant: 'tenant_id',
  Client: 'client_id',
  User: 'username',
}

/** Whether it is the tenant, the client or the user of a login; `undefined` for documents of other kinds. */
export function isOfLogin(document: Resource, asked: AskedLogin, index: Index): boolean | undefined {
  const name = NAMED[document.kind]
  const kind = kindOf(document.kind)
  if (name === undefined || kind === undefined) return undefined
  const tenant = document.kind === 'Tenant' ? undefined : tenantOf(document, index)
  const isSame = foldedKey(kind, keyOf(document)) === foldedKey(kind, asked[name] ?? '')
  return isSame && (tenant === undefined || tenant === asked.tenant_id)
}

/** Of settings of an organization, those whose Connection leads to it. */
function isAbout(document: Resource, policy: LoginPolicy, index: Index): boolean {
  const named = isOfLogin(document, policy, index)
  if (named !== undefined) return named
  const connection = connectionOf(document, index)
  const organization = connection && referencedKey(connection, 'Organization', index)
  return organization === undefined || organization === policy.organization_id
}

function placeOf(document: Resource, { pointer }: ShownSetting): string {
  const { origin } = document
  const line = origin?.locate(`/spec${pointer}`).line
  return origin === undefined ? addressOf(document) : `${addressOf(document)}, ${origin.file}:${line}`
}
