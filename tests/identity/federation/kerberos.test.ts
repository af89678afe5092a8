import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hintOfToken } from '../../../identity/login/action-hint.ts'
import { LACKS_KDC, WHY_NO_KDC } from '../../support/kdc.ts'
import {
  becomeNew,
  type KerberosWorld,
  openKerberosWorld,
  PARTNER,
  PASSWORD,
  REALM,
  SERVICE,
  shownBy,
} from './kerberos-world.ts'
import { claimsOf, events, waitAt } from './world.ts'

const NOT_AGAIN = expect.not.stringContaining('Negotiate')
const FORM = expect.stringMatching(/User name .*Sign in with your Network ticket/)

describe.skipIf(LACKS_KDC)(`signing in by a ticket${WHY_NO_KDC}`, () => {
  let world: KerberosWorld
  let jane: Awaited<ReturnType<KerberosWorld['kdc']['signIn']>>
  let sub: string
  beforeAll(async () => {
    world = await openKerberosWorld()
    jane = await world.kdc.signIn(`jane@${REALM}`, PASSWORD)
    const waiting = await waitAt(world)
    const page = await becomeNew(world, waiting, await world.press(await jane.show(), waiting))
    sub = (await claimsOf(world, waiting, page)).sub
  })
  afterAll(() => world?.close())

  it('makes an account of the name, known by the principal with its realm', async () => {
    expect(await world.connected(sub)).toEqual([`urn:plumbline:kerberos jane@${REALM}`])
    const user = await world.here.admin('GET', `/v1/tenants/acme-web/users/${sub}`)
    expect(user).toMatchObject({ username: 'jane', is_verified: false })
  })

  it('the button asks for a ticket, and signs in who shows one', async () => {
    const waiting = await waitAt(world)
    expect(await shownBy(await world.press(undefined, waiting))).toEqual({
      status: 401,
      asked: 'Negotiate',
      text: expect.stringContaining('Your browser showed no Network ticket.'),
    })
    const page = await world.press(await jane.show(), waiting)
    expect(page.headers.get('www-authenticate')).toMatch(/^Negotiate [A-Za-z0-9+/=]{40,}$/)
    expect(await claimsOf(world, waiting, page)).toMatchObject({
      sub,
      amr: ['wia', 'urn:plumbline:login-method:Kerberos%2FNetwork'],
      acr: 'urn:plumbline:acr:single-factor',
    })
    expect((await events(world)).at(-1)).toMatchObject({ event: 'login.accepted', subject: { user_id: sub } })
  })

  describe('auto_login_enabled', () => {
    it('on: the sign-in page asks for a ticket, with the form for everybody else, and signs in without a prompt', async () => {
      await world.network({ automatic: true })
      const waiting = await waitAt(world)
      expect(await shownBy(await world.open(waiting, '/login'))).toEqual({
        status: 401,
        asked: 'Negotiate',
        text: FORM,
      })
      const page = await world.open(waiting, '/login', await jane.show())
      expect(await claimsOf(world, waiting, page)).toMatchObject({ sub })
    })

    it('off: the sign-in page asks for none and looks at none', async () => {
      await world.network({ automatic: false })
      const waiting = await waitAt(world)
      expect(await shownBy(await world.open(waiting, '/login', await jane.show()))).toEqual({
        status: 200,
        asked: null,
        text: FORM,
      })
    })

    it.each([
      ['the application wants the person to sign in anew', { prompt: 'login' }, '/login'],
      ['the application wants the person to choose', { prompt: 'select_account' }, '/login'],
      ['the person wants to sign in another way', {}, '/login?manual=1'],
      ['the person came with a token', { login_hint: hintOfToken('coupling.token') }, '/login?other=1'],
    ])('signs nobody in unasked where %s', async (_, request, path) => {
      await world.network({ automatic: true })
      const page = await world.open(await waitAt(world, request), path, await jane.show())
      expect(await shownBy(page)).toEqual({ status: 200, asked: null, text: FORM })
    })

    it('leaves the form to somebody new who signs in to connect', async () => {
      world.kdc.add(`new@${REALM}`, PASSWORD)
      const other = await world.kdc.signIn(`new@${REALM}`, PASSWORD)
      await world.network({ automatic: true })
      const waiting = await waitAt(world)
      const first = await world.open(waiting, '/login', await other.show())
      expect(first.headers.get('location')).toContain('/login/with/first')
      const page = await world.open(waiting, '/login', await other.show())
      expect(page.status).toBe(200)
      expect(await page.text()).toContain('When you sign in now, new at Network is connected with your account.')
    })

    it('shows the form after a ticket that is not good, and does not ask again', async () => {
      await world.network({ automatic: true })
      const page = await world.open(await waitAt(world), '/login', 'TlRMTVNTUAABAAAAB4IIogAAAAA=')
      expect(await shownBy(page)).toEqual({
        status: 401,
        asked: NOT_AGAIN,
        text: expect.stringMatching(/Network did not sign you in here.*User name/),
      })
    })
  })

  it('is not offered while the method is off', async () => {
    const id = await world.network({ enabled: false, automatic: true })
    const waiting = await waitAt(world)
    const page = await world.open(waiting, '/login', await jane.show())
    expect([page.status, (await page.text()).includes('Network')]).toEqual([200, false])
    expect((await world.open(waiting, `/login/with/${id}`, await jane.show())).status).toBe(403)
  })

  describe('refuses, with the form and the reason in the audit log,', () => {
    const wrong: Readonly<Record<string, readonly [() => Promise<string>, string | RegExp]>> = {
      'NTLM, which browsers of Windows send without a ticket': [
        async () => 'TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAKALpHAAAADw==',
        'the browser sent NTLM in place of a ticket',
      ],
      'what is no token': [async () => 'c2VjcmV0', 'that is no ticket'],
      'a token of nothing': [async () => 'YIIC9gYGKwYBBQUC', /malformed/],
      'a token that is longer than tickets are': [async () => 'YIIC'.repeat(16_001), 'the ticket is too long'],
      'a ticket for another service': [
        () => jane.show('HTTP@other.example'),
        /HTTP\/other.example@ACME.EXAMPLE not found in keytab/,
      ],
      'a ticket that was changed': [
        async () => {
          const token = Buffer.from(await jane.show(), 'base64')
          token.writeUInt8(token.readUInt8(token.length - 1) ^ 1, token.length - 1)
          return token.toString('base64')
        },
        'Decrypt integrity check failed',
      ],
      'a ticket of another hour': [
        async () => {
          const fast = await world.kdc.signIn(`jane@${REALM}`, PASSWORD)
          await fast.show()
          await fast.hurry(3600)
          return fast.show()
        },
        'Clock skew too great',
      ],
      'a person of a realm that is trusted but not of the keytab': [
        async () => (await world.kdc.signIn(`joe@${PARTNER}`, PASSWORD)).show(),
        'the ticket is of a person of another realm',
      ],
      'a computer': [
        async () => (await world.kdc.signIn(`PC$@${REALM}`, PASSWORD)).show(),
        'the ticket is of no person',
      ],
      'a service': [
        async () => (await world.kdc.signIn(`backup/host@${REALM}`, PASSWORD)).show(),
        'the ticket is of no person',
      ],
    }

    it.each(Object.entries(wrong))('%s', async (_, [ticket, reason]) => {
      const page = await world.press(await ticket())
      expect(await shownBy(page)).toEqual({
        status: 401,
        asked: NOT_AGAIN,
        text: expect.stringMatching(/Network did not sign you in here.*User name/),
      })
      expect(await world.reason()).toMatch(reason)
    })

    it('a ticket at its second use', async () => {
      const ticket = await jane.show()
      expect((await world.press(ticket)).status).toBe(200)
      expect((await world.press(ticket)).status).toBe(401)
      expect(await world.reason()).toMatch('Request is a replay')
    })

    it('what has more than 80 kB, by the server itself', async () => {
      expect((await world.press('YIIC'.repeat(21_000))).status).toBe(431)
    })
  })

  it('needs a login that waits in the same browser', async () => {
    const [one, other] = [await waitAt(world), await waitAt(world)]
    const page = await world.press(await jane.show(), { ...one, browser: other.browser })
    expect(await shownBy(page)).toMatchObject({ status: 401, asked: NOT_AGAIN })
  })

  it('leaves no keytab behind', async () => {
    await world.press(await jane.show())
    expect(readdirSync('/dev/shm').filter((name) => name.startsWith('plumbline'))).toEqual([])
  })

  describe('a keytab', () => {
    it('takes tickets of its earlier keys as long as it has them', async () => {
      const early = await world.kdc.signIn(`jane@${REALM}`, PASSWORD)
      await early.show()
      await world.putKeytab(await world.kdc.keytab('acme.keytab', SERVICE))
      const late = await world.kdc.signIn(`jane@${REALM}`, PASSWORD)
      expect((await world.press(await early.show())).status).toBe(200)
      expect((await world.press(await late.show())).status).toBe(200)

      await world.putKeytab(await world.kdc.keytab('new.keytab', SERVICE, '-norandkey'))
      expect((await world.press(await early.show())).status).toBe(401)
      expect(await world.reason()).toMatch(/kvno 2 not found in keytab/)
      expect((await world.press(await late.show())).status).toBe(200)
    })

    it('opens tickets for the host of the service alone, whatever else is in it', async () => {
      await world.kdc.keytab('both.keytab', SERVICE, '-norandkey')
      await world.putKeytab(await world.kdc.keytab('both.keytab', `HTTP/other.example@${REALM}`))
      const anew = await world.kdc.signIn(`jane@${REALM}`, PASSWORD)
      expect((await world.press(await anew.show('HTTP@other.example'))).status).toBe(401)
      expect(await world.reason()).toMatch(/found in keytab but does not match server principal HTTP\/localhost@/)
      expect((await world.press(await anew.show())).status).toBe(200)
    })

    it('has to be there, with a key for the host of the service', async () => {
      await world.putKeytab(await world.kdc.keytab('other.keytab', `HTTP/other.example@${REALM}`))
      expect((await world.press(await jane.show())).status).toBe(401)
      expect(await world.reason()).toBe('the login method lacks a key of HTTP/localhost in its keytab')
      await world.here.admin('DELETE', '/v1/organizations/acme/keys/kerberos')
      expect((await world.press(await jane.show())).status).toBe(401)
      expect(await world.reason()).toBe("the login method lacks a keytab 'kerberos' in the keystore")
    })
  })
})
