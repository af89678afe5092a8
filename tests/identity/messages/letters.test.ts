import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMailer } from '../../../identity/platform/mail/mailer.ts'
import { mailSettings } from '../../../identity/platform/mail/settings.ts'
import type { LoginWorld } from '../login/world.ts'
import { openPasswordWorld, PASSWORD, type PasswordWorld, REFUSED } from '../password/world.ts'
import { openStill } from '../still.ts'
import { openStandIn } from './stand-ins.ts'

const LETTER = { channel: 'letter', to: 'jane', subject: 'Acme', text: 'Acme: your code. 12345678' } as const

describe('a letter', () => {
  const sent = async (PLUMBLINE_LETTER_URL: string) => {
    const still = await openStill()
    const mailer = openMailer(still.deps, mailSettings({ PLUMBLINE_LETTER_URL }))
    await mailer.post('t', LETTER)
    await mailer.close()
    await still.close()
  }

  it('is handed over as a file that nobody else reads', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-letters-'))
    await sent(`file://${folder}`)
    const [name = ''] = await readdir(folder)
    expect(JSON.parse(await readFile(join(folder, name), 'utf8'))).toEqual({
      to: 'jane',
      subject: 'Acme',
      text: LETTER.text,
    })
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    await rm(folder, { recursive: true })
  })

  it('is handed over to a webhook', async () => {
    const standIn = await openStandIn('webhook')
    await sent(standIn.address())
    standIn.close()
    expect(standIn.taken).toEqual([{ to: 'jane', text: LETTER.text }])
  })

  it('goes by nothing else', () => {
    const read = () => mailSettings({ PLUMBLINE_LETTER_URL: 'twilio://a:hunter2@b' })
    expect(read).toThrow('PLUMBLINE_LETTER_URL has to look like')
    expect(read).not.toThrow('hunter2')
  })
})

describe('a code that is delivered outside the service', () => {
  let world: PasswordWorld
  let login: LoginWorld
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ world, login, close } = await openPasswordWorld())
  })
  afterAll(() => close())

  const DAY = 24 * 3600
  const on = { step_up_authentication_method_externally_delivered_code_enabled: true }
  const times = (externally_delivered_code: object) => ({
    person_activation: { type: 'EXTERNALLY_DELIVERED_CODE', expiration_time: 30 * DAY, externally_delivered_code },
  })

  /** A tenant with these CIM features that demands two factors of jane. */
  const place = async (features: object): Promise<string> => {
    const { tenant, organization } = await world.tenant({ passkey_enabled: false })
    await world.cim(organization, { features })
    await world.pigello(organization, { require_mfa_for_customers: true, require_mfa_for_non_customers: true })
    await world.user(tenant)
    return tenant
  }
  const step = (handle: string, path: string, body: object) =>
    login.send('POST', `/v1/login/${path}?auth_req_id=${handle}`, { username: 'jane', ...body })
  /** A login in which the password was shown. */
  const begun = async (tenant: string): Promise<string> => {
    const handle = await login.begin(tenant)
    await step(handle, 'password', { password: PASSWORD })
    return handle
  }
  const order = async (tenant: string): Promise<string> => {
    await step(await begun(tenant), 'letter/request', {})
    return codeOf(tenant)
  }
  const codeOf = async (tenant: string): Promise<string> =>
    /\d{8}$/.exec((await login.mailTo(tenant, 'jane'))?.text ?? '')?.[0] ?? ''
  const enter = async (tenant: string, code: string) => step(await begun(tenant), 'letter', { code })

  it('confirms a later login, once', async () => {
    const tenant = await place(on)
    const code = await order(tenant)
    login.pass(3 * DAY)
    expect(await enter(tenant, code)).toMatchObject({ body: { need_verify: false } })
    expect(await enter(tenant, code)).toMatchObject(REFUSED)
  })

  it('is good after its unavailability only, and a try before uses nothing up', async () => {
    const tenant = await place({ ...on, ...times({ unavailability_time: 2 * DAY }) })
    const code = await order(tenant)
    for (let i = 0; i < 6; i++) {
      expect(await enter(tenant, code)).toMatchObject(REFUSED)
      login.pass(4 * 3600)
    }
    login.pass(DAY)
    expect(await enter(tenant, code)).toMatchObject({ body: { need_verify: false } })
  })

  it('is sent again after its period only', async () => {
    const tenant = await place({ ...on, ...times({ resend_code_minimum_period: 7 * DAY }) })
    const first = await order(tenant)
    login.pass(3 * 3600)
    expect(await order(tenant)).toBe(first)
    login.pass(7 * DAY)
    expect(await order(tenant)).not.toBe(first)
  })

  it('is neither sent to nor used up by somebody who has shown nothing', async () => {
    const tenant = await place(on)
    await step(await login.begin(tenant), 'letter/request', {})
    expect(await codeOf(tenant)).toBe('')
    const code = await order(tenant)
    for (let i = 0; i < 4; i++) await step(await login.begin(tenant), 'letter', { code: '00000000' })
    expect(await enter(tenant, code)).toMatchObject({ body: { need_verify: false } })
  })

  it('is taken where CimFeatures says so, and nowhere else', async () => {
    const tenant = await place({})
    expect((await step(await login.begin(tenant), 'letter/request', {})).status).toBe(403)
  })
})
