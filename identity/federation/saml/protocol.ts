import { SAML } from '@node-saml/node-saml'
import type { FederatedLogin } from '../methods.ts'
import { answered } from '../problems.ts'
import type { Arrival, Protocol, Trip } from '../protocol.ts'
import { resolved, usesArtifacts } from './artifact.ts'
import { arrivalOf } from './assertion.ts'
import { asRefusal, clientOf, keysFor, type SamlClient, type SamlParts, samlConfigOf } from './client.ts'
import { personNamed } from './encrypted-names.ts'
import { samlLogout } from './logout.ts'
import { requireStrongSignatures } from './signatures.ts'

/**
 * Web browser single sign-on (SAML 2.0 Profiles, section 4.1): a signed request by redirect or POST, the answer by POST. Nobody is let in
 * who was not asked for: each answer belongs to the one request of a trip.
 */
export function samlProtocol(parts: SamlParts): Protocol {
  const use = async <T>(login: FederatedLogin, trip: Trip, work: (saml: SAML, client: SamlClient) => Promise<T>) => {
    const client = clientOf(login)
    const message = { returnAddress: trip.redirectUri, id: requestIdOf(trip) }
    const config = samlConfigOf(client, message, await keysFor(parts, client))
    const saml = usesArtifacts(client) ? new ByArtifact(config) : new SAML(config)
    return answered(() => work(saml, client).catch(asRefusal))
  }
  return {
    start: (login, trip) =>
      use(login, trip, async (saml, { provider }) => {
        const { binding, location } = provider.signOn
        if (binding === 'HTTP-Redirect') return saml.getAuthorizeUrlAsync(trip.state, undefined, {})
        const fields = await saml.getAuthorizeMessageAsync(trip.state)
        return { action: location, fields: fields as Readonly<Record<string, string>> }
      }),
    logout: (login, session, trip) => samlLogout(parts, login, session, trip),
    finish: (login, trip, returned) => use(login, trip, (saml, client) => finish(parts, saml, client, trip, returned)),
  }
}

/** Asks for an answer by the back channel; the library asks for one by POST. */
class ByArtifact extends SAML {
  protected override async generateAuthorizeRequestAsync(isPassive: boolean, isHttpPostBinding: boolean) {
    const xml = await super.generateAuthorizeRequestAsync(isPassive, isHttpPostBinding)
    // A request in a form is signed already; its provider answers as the metadata of the service say.
    return isHttpPostBinding ? xml : xml.replace('bindings:HTTP-POST', 'bindings:HTTP-Artifact')
  }
}

async function finish(
  parts: SamlParts,
  saml: SAML,
  client: SamlClient,
  trip: Trip,
  returned: URLSearchParams,
): Promise<Arrival> {
  const artifact = returned.get('SAMLart')
  const SAMLResponse =
    artifact === null ? (returned.get('SAMLResponse') ?? '') : await resolved(parts, client, trip.redirectUri, artifact)
  requireStrongSignatures(Buffer.from(SAMLResponse, 'base64').toString('utf8'))
  const { profile } = await saml.validatePostResponseAsync({ SAMLResponse })
  const named = await personNamed(parts, client, profile?.getAssertionXml?.() ?? '')
  return arrivalOf(client, { requestId: requestIdOf(trip), recipient: trip.redirectUri }, profile, named)
}

/** An XML ID does not begin with a digit. */
const requestIdOf = ({ nonce }: Pick<Trip, 'nonce'>): string => `_${nonce}`
