import { X509Certificate } from 'node:crypto'
import type { FederatedLogin } from '../identity/federation/methods.ts'
import { clientOf, type SamlClient } from '../identity/federation/saml/client.ts'
import { isSaml, wantedContexts } from '../identity/federation/saml/facts.ts'
import { textOf } from '../identity/federation/values.ts'
import type { PostMutual } from '../identity/platform/http/mutual-tls.ts'
import type { TrialKeys } from './keys.ts'
import { artifactOf, readRequest, readResolve, resolveAnswer, responseTo } from './saml-messages.ts'
import { type AccountThere, type Back, bareAddress, methodKey, type SentOn, type StandIn } from './stand-in.ts'

const BY_ARTIFACT = 'bindings:HTTP-Artifact'

/** What an identity provider was told of the service. */
interface Registration {
  /** How people show who they are there: just well enough. */
  readonly context: string | undefined
  readonly isEncrypted: boolean
  readonly endpoint: SamlClient['provider']['artifacts'][number] | undefined
}

/** Stands for every identity provider that speaks SAML, where the metadata in the documents say that people sign in. */
export class SamlProviders implements StandIn {
  readonly #keys: TrialKeys
  /** What the one at an address calls itself. */
  readonly #at = new Map<string, string>()
  readonly #registrations = new Map<string, Registration>()
  /** Responses by their artifact. */
  readonly #waiting = new Map<string, string>()

  constructor(keys: TrialKeys) {
    this.#keys = keys
  }

  readonly plays = isSaml

  async know(login: FederatedLogin, subject: string): Promise<AccountThere | undefined> {
    const client = readable(login)
    const at = URL.parse(client?.provider.signOn.location ?? '')
    if (client === undefined || at === null) return undefined
    const issuer = this.#at.get(bareAddress(at)) ?? client.provider.entityId
    this.#at.set(bareAddress(at), issuer)
    if (!this.#registrations.has(methodKey(login))) this.#registrations.set(methodKey(login), registrationOf(client))
    return { issuer, subject }
  }

  async signIn({ at, fields }: SentOn, subject: string, login: FederatedLogin): Promise<Back | undefined> {
    const [entityId, told] = [this.#at.get(bareAddress(at)), this.#registrations.get(methodKey(login))]
    if (entityId === undefined || told === undefined) return undefined
    const asked = readRequest(fields)
    const [own, service] = [await this.#keys.provider(), await this.#keys.service()]
    const encryptTo = told.isEncrypted ? new X509Certificate(service.certificate).raw.toString('base64') : undefined
    const said = { subject, encryptTo, ...(told.context === undefined ? {} : { context: told.context }) }
    const response = await responseTo({ entityId, privateKey: own.privateKey }, asked, said)
    const [back, RelayState] = [new URL(asked.acs), asked.relayState]
    if (!asked.xml.includes(BY_ARTIFACT) || told.endpoint === undefined)
      return { at: back, form: { SAMLResponse: Buffer.from(response).toString('base64'), RelayState } }
    const SAMLart = artifactOf(entityId, told.endpoint.index, this.#waiting.size)
    this.#waiting.set(SAMLart, response)
    back.search = new URLSearchParams({ SAMLart, RelayState }).toString()
    return { at: back }
  }

  /** The back channel, which answers each artifact once. */
  readonly post: PostMutual = async (_address, _tls, { body }) => {
    const { artifact, id } = readResolve(body)
    const response = this.#waiting.get(artifact) ?? ''
    this.#waiting.set(artifact, '')
    return { status: 200, body: resolveAnswer(id, response) }
  }
}

/** `undefined` for settings that the service refuses, which it says itself. */
function readable(login: FederatedLogin): SamlClient | undefined {
  try {
    return clientOf(login)
  } catch {
    return undefined
  }
}

const registrationOf = ({ login, facts, block, provider }: SamlClient): Registration => ({
  context: wantedContexts(facts.demand(login.spec, block))[0],
  isEncrypted: textOf(facts.keys?.(block).encryption) !== undefined,
  endpoint: provider.artifacts[0],
})
