import { isDeepStrictEqual } from 'node:util'
import type { Documents } from '../../config/project/documents.ts'
import { connectionOf, type Index, keyOf, referencedKey, resolve, valueAt } from '../../config/references.ts'
import { addressOf, type Resource } from '../../config/resource.ts'
import { isOfLogin } from '../../impact/proposal.ts'
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
