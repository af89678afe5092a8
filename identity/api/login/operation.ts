import type { FastifyInstance } from 'fastify'
import type { JsonObject } from '../../../config/json.ts'
import { validateVault } from '../../platform/contract/validation.ts'
import { bodySchema } from '../../platform/contract/vault-contract.ts'
import { vaultErrors } from '../../platform/contract/vault-errors.ts'
import { innerScope } from '../../platform/http/errors.ts'

const NAME = { minLength: 1, maxLength: 256 }
const SEALED = { minLength: 1, maxLength: 4096 }
const ADDRESS = { minLength: 1, maxLength: 254 }
const SHORT = { minLength: 1, maxLength: 128 }

/** Limits of the bodies of login operations, which the contract leaves open. Whatever is not named has the caps of `bodySchema`. */
const LIMITS: JsonObject = {
  username: NAME,
  email: ADDRESS,
  cipherKey: { minLength: 1, maxLength: 512 },
  encrypted_commitment: SEALED,
  challenge_data: SEALED,
  challenge_id: SHORT,
  proto_version: SHORT,
  code: SHORT,
  name: { maxLength: 128 },
  attestation_object: { minLength: 1, maxLength: 65_536 },
  client_data_json: SEALED,
  authenticator_data: SEALED,
  signature: SEALED,
  id: { minLength: 1, maxLength: 1400 },
  raw_id: { minLength: 1, maxLength: 1400 },
}

/** The schema of a body of the contract with the limits of the login, and then `limits`, laid over. */
export function loginBody(name: string, limits: JsonObject = {}): JsonObject {
  const schema = bodySchema(name)
  const properties = Object.entries(schema.properties as Readonly<Record<string, JsonObject>>)
  return {
    ...schema,
    properties: Object.fromEntries(
      properties.map(([k, s]) => [k, { ...s, ...(LIMITS[k] as JsonObject), ...(limits[k] as JsonObject) }]),
    ),
  }
}

/** The query `auth_req_id`, which the contract leaves optional. */
export const HANDLE = {
  type: 'object',
  properties: { auth_req_id: { type: 'string', minLength: 1, maxLength: 128 } },
} as const

export interface HandleQuery {
  readonly auth_req_id?: string
}

/** Serves the operations of one path prefix below `/v1` with the validation and the error bodies of the contract. */
export const operations = (
  app: FastifyInstance,
  prefix: string,
  register: (scope: FastifyInstance) => void,
): Promise<void> =>
  innerScope(app, prefix, vaultErrors, (scope) => {
    validateVault(scope)
    register(scope)
  })
