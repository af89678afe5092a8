import type { Deps } from '../deps.ts'
import { keyNamed } from '../directory/keystore.ts'
import { clientKeyOf, decryptionKeysOf } from './keys.ts'
import type { FederatedLogin } from './methods.ts'
import { openIdProtocol } from './openid.ts'
import type { Protocol } from './protocol.ts'
import type { SamlParts } from './saml/client.ts'
import { isSaml } from './saml/facts.ts'

/** The protocol of each login method, by its type. */
export function protocolOf(deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'outsideFetch'>): Protocol {
  const openId = openIdProtocol({
    fetch: deps.outsideFetch,
    now: deps.now,
    keys: {
      own: (organization) => clientKeyOf(deps, organization),
      forDecryption: (organization) => decryptionKeysOf(deps, organization),
      named: (organization, name, algorithm) => keyNamed(deps, organization, name, algorithm),
    },
  })
  // Loaded when somebody needs it: its libraries take a tenth of the start of the service.
  const saml = async () => (await import('./saml/protocol.ts')).samlProtocol(samlPartsOf(deps))
  const of = async (login: FederatedLogin): Promise<Protocol> => (isSaml(login) ? saml() : openId)
  return {
    start: async (login, trip) => (await of(login)).start(login, trip),
    finish: async (login, trip, returned) => (await of(login)).finish(login, trip, returned),
    logout: async (login, logout, trip) => (await of(login)).logout(login, logout, trip),
  }
}

export const samlPartsOf = (deps: Pick<Deps, 'store' | 'now' | 'masterKey'>): SamlParts => ({
  keys: async (organization, names) => (await import('./saml/keys.ts')).samlKeysOf(deps, organization, names),
})
