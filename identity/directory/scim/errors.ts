import { vaultErrors } from '../../platform/contract/vault-errors.ts'
import { type ErrorForm, Fault } from '../../platform/fault.ts'

export const SCIM_TYPE = 'application/scim+json; charset=utf-8'
const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** Detail keywords of RFC 7644, section 3.12, that this service uses. */
export type ScimType =
  | 'invalidFilter'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'

/** A refused SCIM request: 400 with its keyword. */
export const scimFault = (scimType: ScimType, detail: string, cause?: unknown): Fault =>
  new Fault(400, detail, { code: scimType, cause })

/** Error bodies of RFC 7644, section 3.12; query parameters that do not fit the contract get its 422 body. */
export const scimErrors: ErrorForm = (fault) => {
  if (fault.issues.some((issue) => issue.part === 'querystring')) return vaultErrors(fault)
  const scimType = fault.code ?? (fault.status === 400 ? 'invalidSyntax' : undefined)
  const body = { schemas: [ERROR_SCHEMA], status: String(fault.status), detail: fault.message }
  return { status: fault.status, type: SCIM_TYPE, body: scimType === undefined ? body : { ...body, scimType } }
}
