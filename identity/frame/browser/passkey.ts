import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser'
import { call, firstTicket, proceed, RefusedCall, type SignedInAnswer } from './call.ts'
import { busy, configOf, isBusy, type PageTexts, problemText, showProblem } from './messages.ts'

/** What `passkey-button.ts` writes. */
interface Config {
  readonly mode: 'sign-in' | 'first' | 'add'
  readonly tenant: string
  readonly csrf: string
  readonly authReqId: string
  readonly complete: string
  readonly second: string
  readonly lang: string
  readonly texts: PageTexts
}

const query = (values: Readonly<Record<string, string>>): string => `?${new URLSearchParams(values)}`

/** Contract operations beginPasskeyAuthentication and verifyPasskeyAuthentication. */
async function signIn({ tenant, csrf, authReqId, complete, second }: Config): Promise<void> {
  const naming = { username: '', tenant_id: tenant }
  const options = `/v1/webauthn/authentication/options${query({ tenant_id: tenant })}`
  const optionsJSON = await call<PublicKeyCredentialRequestOptionsJSON>(options, naming, csrf)
  const { id, rawId, response } = await startAuthentication({ optionsJSON })
  const verify = `/v1/webauthn/authentication/verify${query({ auth_req_id: authReqId })}`
  const assertion = {
    ...naming,
    id,
    raw_id: rawId,
    client_data_json: response.clientDataJSON,
    authenticator_data: response.authenticatorData,
    signature: response.signature,
    user_handle: response.userHandle ?? null,
  }
  proceed(await call<SignedInAnswer>(verify, assertion, csrf), authReqId, complete, second)
}

/** Contract operations beginPasskeyRegistration and verifyPasskeyRegistration, or the same on the account page. */
async function register(options: string, verify: string, csrf: string): Promise<void> {
  const optionsJSON = await call<PublicKeyCredentialCreationOptionsJSON>(options, {}, csrf)
  const { id, rawId, response } = await startRegistration({ optionsJSON })
  const made = {
    id,
    raw_id: rawId,
    client_data_json: response.clientDataJSON,
    attestation_object: response.attestationObject,
    transports: response.transports ?? [],
  }
  await call(verify, made, csrf)
}

/** The first passkey of a person, in the middle of a login, and then its first use. */
async function registerFirst(config: Config): Promise<void> {
  const owner = query({ auth_req_id: config.authReqId, nonce: firstTicket() })
  const path = '/v1/webauthn/registration'
  await register(`${path}/options${owner}`, `${path}/verify${owner}`, config.csrf)
  await signIn(config)
}

async function add({ tenant, csrf, complete }: Config): Promise<void> {
  const path = `/${tenant}/account/passkeys`
  await register(`${path}/options`, `${path}/verify`, csrf)
  location.assign(complete)
}

const ACTIONS = { 'sign-in': signIn, first: registerFirst, add }

const button = document.getElementById('passkey')
if (button instanceof HTMLButtonElement && browserSupportsWebAuthn()) {
  const config = configOf<Config>(button)
  button.hidden = false
  button.addEventListener('click', async () => {
    if (isBusy(button)) return
    await busy(button, button.textContent, () => ACTIONS[config.mode](config)).catch((error: unknown) => {
      const key = error instanceof RefusedCall ? 'error.refused' : 'error.passkey'
      showProblem(problemText(error, config.texts, config.lang, key))
    })
  })
}
