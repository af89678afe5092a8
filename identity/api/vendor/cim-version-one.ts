import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { JsonObject } from '../../../config/json.ts'
import { schemaNamed } from '../../platform/contract/contracts.ts'
import { Fault } from '../../platform/fault.ts'
import { messagesV1 } from '../../settings/cim/messages.ts'
import type { CimState } from '../../settings/cim/state.ts'

const SECTIONS = schemaNamed('cim', 'Fields').enum as readonly string[]

interface VersionOne {
  readonly read: (request: FastifyRequest) => Promise<CimState>
  /** Swaps what is not read from the store at every use, as texts are. */
  readonly reload: (request: FastifyRequest) => Promise<void>
}

/** The read-only operations of version 1 and the extension reload. */
export function versionOneRoutes(scope: FastifyInstance, { read, reload }: VersionOne): void {
  scope.get('/api/config', async (request) => {
    const sections = requestedSections(request.query as JsonObject)
    const state = await read(request)
    const all: JsonObject = { ...state, messages: messagesV1(state.custom_messages) }
    return Object.fromEntries(sections.map((section) => [section, all[section]]))
  })

  scope.get('/api/config/identity-providers', async (request) => ({ result: identityProviders(await read(request)) }))

  scope.post('/api/config/extension/reload', async (request, reply) => {
    await reload(request)
    return reply.code(200).send()
  })
}

/** Comma separated; absent means all. Throws Fault 400 for an unknown section. */
function requestedSections({ fields }: JsonObject): readonly string[] {
  if (fields === undefined) return SECTIONS
  const asked = [fields].flat().flatMap((f) => String(f).split(','))
  const unknown = asked.find((section) => !SECTIONS.includes(section))
  if (unknown !== undefined) throw new Fault(400, `'${unknown}' is not one of ${SECTIONS.join(', ')}.`)
  return asked
}

/**
 * Schema IdentityProviderConfig of every login method that leads to another party. What identifies the method makes the id,
 * so that a document can name it beforehand.
 */
function identityProviders({ login_methods: { login_methods } }: CimState): JsonObject[] {
  const providers = login_methods.filter((m) => m.type !== 'USERNAME_AND_PASSWORD')
  return providers.map(({ name, type }) => ({
    id: `${type.toLowerCase()}/${name}`,
    name,
    type: type.toLowerCase(),
    saml_properties: { authn_context: `urn:com:onegini:saml:${type.toLowerCase()}` },
  }))
}
