import { DOMParser } from '@xmldom/xmldom'
import { badMetadata } from '../problems.ts'

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata'
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const BINDINGS = 'urn:oasis:names:tc:SAML:2.0:bindings:'

/** How a request gets to an identity provider (SAML 2.0 Bindings, sections 3.4 and 3.5). */
type SamlBinding = 'HTTP-Redirect' | 'HTTP-POST'

interface SamlEndpoint {
  readonly binding: SamlBinding
  readonly location: string
}

/** What an identity provider says about itself (SAML 2.0 Metadata, section 2.4.3). */
export interface IdentityProvider {
  readonly entityId: string
  /** Where people sign in; by redirect if that is possible. */
  readonly signOn: SamlEndpoint
  /** Where sessions end; none where the provider ends none. */
  readonly signOut: (SamlEndpoint & { readonly responses: string }) | undefined
  /** Where artifacts are answered, by their index. */
  readonly artifacts: readonly { readonly index: number; readonly location: string }[]
  /** Certificates with which it signs, in PEM. */
  readonly certificates: readonly string[]
  /** How it can name people. */
  readonly nameFormats: readonly string[]
}

/** Reads the metadata document of one identity provider. Throws the uniform refusal, with the reason, for anything else. */
export function readMetadata(xml: string): IdentityProvider {
  const entities = rootOf(xml).filter(({ localName }) => localName === 'EntityDescriptor')
  const found = entities.flatMap((entity) => all(entity, METADATA, 'IDPSSODescriptor').map((idp) => ({ entity, idp })))
  const [only, ...others] = found.filter(({ idp }) => speaksSaml2(idp))
  if (only === undefined || others.length > 0) throw badMetadata('the metadata do not describe one identity provider')
  const entityId = only.entity.getAttribute('entityID') ?? ''
  const certificates = all(only.idp, METADATA, 'KeyDescriptor').filter(isForSigning).flatMap(certificatesIn)
  if (entityId === '') throw badMetadata('the metadata name no entity')
  if (certificates.length === 0) throw badMetadata('the metadata hold no certificate for signatures')
  return {
    entityId,
    signOn: signOnOf(only.idp),
    signOut: signOutOf(only.idp),
    artifacts: artifactsOf(only.idp),
    certificates,
    nameFormats: textsIn(only.idp, 'NameIDFormat'),
  }
}

/** The entities of a document, which may hold several. A document type could bring entities along, and nobody needs one. */
function rootOf(xml: string): readonly Element[] {
  if (/<!(DOCTYPE|ENTITY)/i.test(xml)) throw badMetadata('the metadata have a document type')
  const document = parsed(xml)
  const root = document?.documentElement
  if (root?.namespaceURI !== METADATA) throw badMetadata('the metadata are no SAML metadata')
  return root.localName === 'EntitiesDescriptor' ? all(root, METADATA, 'EntityDescriptor') : [root]
}

function parsed(xml: string) {
  const fail = (): never => {
    throw badMetadata('the metadata are no XML')
  }
  return new DOMParser({ errorHandler: { warning: () => undefined, error: fail, fatalError: fail } }).parseFromString(
    xml.trim(),
    'text/xml',
  )
}

const all = (element: Element, namespace: string, name: string): readonly Element[] =>
  Array.from(element.getElementsByTagNameNS(namespace, name))

const textsIn = (element: Element, name: string): readonly string[] =>
  all(element, METADATA, name).map((found) => (found.textContent ?? '').trim())

const speaksSaml2 = (idp: Element): boolean =>
  (idp.getAttribute('protocolSupportEnumeration') ?? '').split(/\s+/).includes(PROTOCOL)

const isForSigning = (key: Element): boolean => ['', 'signing'].includes(key.getAttribute('use') ?? '')

const certificatesIn = (key: Element): readonly string[] =>
  all(key, SIGNATURE, 'X509Certificate').map(({ textContent }) => pemOf((textContent ?? '').replace(/\s/g, '')))

/** RFC 7468, section 5.1. */
const pemOf = (base64: string): string =>
  `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`

function signOnOf(idp: Element): SamlEndpoint {
  const found = endpointOf(idp, 'SingleSignOnService')
  if (found === undefined) throw badMetadata('the metadata name no address to sign in at')
  return found.endpoint
}

function signOutOf(idp: Element): IdentityProvider['signOut'] {
  const found = endpointOf(idp, 'SingleLogoutService')
  if (found === undefined) return undefined
  const responses = found.service.getAttribute('ResponseLocation') || found.endpoint.location
  return isWeb(responses) ? { ...found.endpoint, responses } : undefined
}

const artifactsOf = (idp: Element): IdentityProvider['artifacts'] =>
  all(idp, METADATA, 'ArtifactResolutionService').flatMap((service) => {
    const [index, location] = [Number(service.getAttribute('index') ?? 0), service.getAttribute('Location') ?? '']
    return service.getAttribute('Binding') === `${BINDINGS}SOAP` && isWeb(location) ? [{ index, location }] : []
  })

/** The address of a service, by redirect if that is possible. */
function endpointOf(
  idp: Element,
  name: string,
): { readonly endpoint: SamlEndpoint; readonly service: Element } | undefined {
  const services = all(idp, METADATA, name)
  for (const binding of ['HTTP-Redirect', 'HTTP-POST'] as const) {
    const service = services.find((one) => one.getAttribute('Binding') === BINDINGS + binding)
    const location = service?.getAttribute('Location') ?? ''
    if (service !== undefined && isWeb(location)) return { endpoint: { binding, location }, service }
  }
  return undefined
}

const isWeb = (address: string): boolean => ['https:', 'http:'].includes(URL.parse(address)?.protocol ?? '')
