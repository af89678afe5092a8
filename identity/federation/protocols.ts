import type { Deps } from '../deps.ts'
import { certificateNamed, keyNamed, pemNamed } from '../directory/keystore.ts'
import type { IdinParts } from './idin/protocol.ts'
import { isIdin } from './idin/settings.ts'
import { ownKeysOf } from './keys.ts'
import type { FederatedLogin } from './methods.ts'
import { openIdProtocol } from './openid.ts'
import type { Protocol } from './protocol.ts'
import type { SamlParts } from './saml/client.ts'
import { isSaml } from './saml/facts.ts'

/** The protocol of each login method, by its type. */
export function protocolOf(deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'outsideFetch' | 'outsidePost'>): Protocol {
  const openId = openIdProtocol({
    fetch: deps.outsideFetch,
    now: deps.now,
    keys: {
      ...ownKeysOf(deps),
      named: (organization, name, algorithm) => keyNamed(deps, organization, name, algorithm),
    },
  })
  // Loaded when somebody needs it: its libraries take a tenth of the start of the service.
  const saml = async () => (await import('./saml/protocol.ts')).samlProtocol(samlPartsOf(deps))
  // What it keeps of banks lasts as long as this does.
  let idin: Promise<Protocol> | undefined
  const byBank = () =>
    (idin ??= import('./idin/protocol.ts').then(({ idinProtocol }) => idinProtocol(idinPartsOf(deps))))
  const of = async (login: FederatedLogin): Promise<Protocol> =>
    isIdin(login) ? byBank() : isSaml(login) ? saml() : openId
  return {
    choices: async (login) => (await of(login)).choices?.(login) ?? [],
    start: async (login, trip) => (await of(login)).start(login, trip),
    finish: async (login, trip, returned) => (await of(login)).finish(login, trip, returned),
    logout: async (login, logout, trip) => (await of(login)).logout(login, logout, trip),
  }
}

type Keys = Pick<Deps, 'store' | 'now' | 'masterKey'>

/** What the keystore holds under a name, in PEM form. */
const keystoreOf = (deps: Keys) => ({
  pair: async (organization: string, name: string) => {
    const { pemPair } = await import('./saml/keys.ts')
    return pemPair(deps, organization, name)
  },
  certificate: (organization: string, name: string) => certificateNamed(deps, organization, name),
})

const idinPartsOf = (deps: Keys & Pick<Deps, 'outsideFetch'>): IdinParts => ({
  fetch: deps.outsideFetch,
  now: deps.now,
  keys: keystoreOf(deps),
})

export const samlPartsOf = (deps: Keys & Pick<Deps, 'outsidePost'>): SamlParts => ({
  keys: async (organization, names) => (await import('./saml/keys.ts')).samlKeysOf(deps, organization, names),
  key: (organization, name) => pemNamed(deps, organization, name),
  post: deps.outsidePost,
  ...keystoreOf(deps),
})
