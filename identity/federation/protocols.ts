import type { Deps } from '../deps.ts'
import { keyNamed } from '../directory/keystore.ts'
import { clientKeyOf, decryptionKeysOf } from './keys.ts'
import type { FederatedLogin } from './methods.ts'
import { openIdProtocol } from './openid.ts'
import type { Protocol } from './protocol.ts'
import { samlKeysOf } from './saml/keys.ts'
import { isSaml, type SamlParts, samlProtocol } from './saml/protocol.ts'

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
  const saml = samlProtocol(samlPartsOf(deps))
  const of = (login: FederatedLogin): Protocol => (isSaml(login) ? saml : openId)
  return {
    start: (login, trip) => of(login).start(login, trip),
    finish: (login, trip, returned) => of(login).finish(login, trip, returned),
  }
}

export const samlPartsOf = (deps: Pick<Deps, 'store' | 'now' | 'masterKey'>): SamlParts => ({
  keys: (organization, names) => samlKeysOf(deps, organization, names),
})
