import { PASSWORD } from '../../identity/password/world.ts'
import { TotpWorld } from '../../identity/totp/world.ts'
import type { ContractWorld, Scenario } from './world.ts'

const NUMBER = '+4915123456789'
const HALF_A_MINUTE = 30
/** After which another text message may go to a number. */
const PAUSE = 61
const MANY = 70

type Login = ContractWorld['login']
type Send = (path: string, body: object) => Promise<unknown>

/** Sends the same until it is asked to wait. */
async function insist(send: (ip: string) => Promise<{ readonly status: number }>, ip: string): Promise<void> {
  for (let i = 0; i < MANY; i++) if ((await send(ip)).status === 429) return
}

/** A login of jane; `send` speaks in it. */
async function handleOf(login: Login, tenant: string): Promise<{ readonly handle: string; readonly send: Send }> {
  const handle = await login.begin(tenant)
  const send: Send = (path, body) =>
    login.send('POST', `/v1/login/${path}?auth_req_id=${handle}`, { username: 'jane', ...body })
  return { handle, send }
}

/** What a login by codes answers where the tenant takes none, to whoever knows no code, and to whoever goes on trying. */
async function refusals(login: Login, path: string, open: string): Promise<void> {
  const closed = await handleOf(login, await login.tenant())
  await closed.send(`${path}/request`, {})
  await closed.send(path, { code: '000000' })
  const { handle, send } = await handleOf(login, open)
  await send(path, { code: '000000' })
  await login.send('POST', `/v1/login/${path}/request?auth_req_id=nobody`, { username: 'jane' })
  for (const step of [`${path}/request`, path]) {
    const body = { username: 'nobody', ...(step === path ? { code: '000000' } : {}) }
    await insist((ip) => login.send('POST', `/v1/login/${step}?auth_req_id=${handle}`, body, { ip }), login.address())
  }
}

/** An authenticator app: set up, shown in a login, renewed, removed. */
export const authenticators: Scenario = async ({ login, password }) => {
  const apps = new TotpWorld(password)
  const jane = await apps.jane()
  const send = apps.call.bind(apps, jane)
  await send('DELETE')
  await send('POST', '/confirm', { code: '000000' })
  await send('POST', '/recovery-codes')
  const { secret } = await apps.enrol(jane)
  const another = (await send('POST')).body.secret
  await send('POST', '/confirm', { code: apps.code(another) })
  await send('GET')
  await send('POST', '/recovery-codes')
  await send('DELETE')
  await apps.signIn(jane.tenant, apps.code(secret))
  const begun = await apps.begin(jane.tenant)
  await insist((ip) => {
    const path = `/v1/login/authenticator?auth_req_id=${begun.handle}`
    return login.send('POST', path, { nonce: begun.nonce, code: '000000' }, { ip })
  }, login.address())
  login.pass(HALF_A_MINUTE)

  const alone = await apps.jane()
  await apps.enrol(alone)
  await password.freshOrganization(alone.tenant)
  await login.admin('DELETE', `/v1/organizations/${alone.organization}/tenants/${alone.tenant}`)
  await apps.call(alone, 'DELETE')
  const none = await apps.jane({ features: { google_authenticator_step_up_authentication_enabled: false } })
  await apps.call(none, 'POST')
  await apps.confirm(await apps.begin(none.tenant), '000000')
  const again = (ip: string) => login.send('POST', '/v1/users/me/authenticator', undefined, { key: alone.key, ip })
  await insist(again, login.address())
}

async function place(password: ContractWorld['password'], login: Login, units: object, mfa: boolean) {
  const { tenant, organization } = await password.tenant({ passkey_enabled: false })
  await password.cim(organization, units)
  await password.pigello(organization, { require_mfa_for_customers: mfa, require_mfa_for_non_customers: mfa })
  await password.user(tenant)
  return { tenant, key: await login.keyOf(tenant, 'jane') }
}

/** A telephone: set up, used in a login, removed. */
export const telephones: Scenario = async ({ login, password }) => {
  const units = {
    features: { sms_enabled: true },
    login_methods: { mobile_login: { enabled: true, authentication_type: 'OTP' } },
  }
  const { tenant, key } = await place(password, login, units, false)
  const own = (method: 'GET' | 'POST' | 'DELETE', path = '', body?: object, ip?: string) =>
    login.send(method, `/v1/users/me/phone${path}`, body, { key, ...(ip === undefined ? {} : { ip }) })
  const code = async () => /\d{6}$/.exec((await login.mailTo(tenant, NUMBER))?.text ?? '')?.[0]
  await own('DELETE')
  await own('POST', '', { number: '12345' })
  await own('POST', '', { number: NUMBER })
  await own('POST', '/confirm', { code: 'nothing' })
  await own('POST', '/confirm', { code: await code() })
  await own('GET')
  login.pass(PAUSE)
  const { send } = await handleOf(login, tenant)
  await send('text/request', {})
  await send('text', { code: await code() })
  await refusals(login, 'text', tenant)
  await own('DELETE')
  const ip = login.address()
  await insist(() => own('POST', '', { number: NUMBER }, ip), ip)
  await insist(() => own('POST', '/confirm', { code: '000000' }, ip), ip)
  const closed = await place(password, login, { features: { sms_enabled: false } }, false)
  await login.send('POST', '/v1/users/me/phone', { number: NUMBER }, { key: closed.key })
  await login.send('POST', '/v1/users/me/phone/confirm', { code: '000000' }, { key: closed.key })
}

/** Where two factors are demanded, the last telephone stays. */
export const lastTelephone: Scenario = async ({ login, password }) => {
  const { tenant, key } = await place(password, login, { features: { sms_enabled: true } }, true)
  await login.send('POST', '/v1/users/me/phone', { number: NUMBER }, { key })
  const code = /\d{6}$/.exec((await login.mailTo(tenant, NUMBER))?.text ?? '')?.[0]
  await login.send('POST', '/v1/users/me/phone/confirm', { code }, { key })
  await login.send('DELETE', '/v1/users/me/phone', undefined, { key })
}

/** A code that is delivered outside the service, as the second factor of a login. */
export const letters: Scenario = async ({ login, password }) => {
  const features = { step_up_authentication_method_externally_delivered_code_enabled: true }
  const { tenant } = await place(password, login, { features }, true)
  const { send } = await handleOf(login, tenant)
  await send('password', { password: PASSWORD })
  await send('letter/request', {})
  const text = (await login.mailTo(tenant, 'jane'))?.text ?? ''
  await send('letter', { code: /\d{8}$/.exec(text)?.[0] })
  await refusals(login, 'letter', tenant)
}
