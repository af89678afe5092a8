import { createECDH } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble } from '../../../identity/assemble.ts'
import type { Deps } from '../../../identity/deps.ts'
import { isSubscription, publicPushKey, sendWebPush } from '../../../identity/platform/messages/web-push.ts'
import { openStore } from '../../../identity/store/open.ts'
import { decrypted, PushServiceStandIn, type Subscription } from './stand-in.ts'

it('the stand-in reads the example of RFC 8291, appendix A', () => {
  const keys = createECDH('prime256v1')
  keys.setPrivateKey(Buffer.from('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', 'base64url'))
  const body =
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN'
  const auth = Buffer.from('BTBZMqHH6r4Tts7J_aSIgg', 'base64url')
  expect(decrypted(Buffer.from(body, 'base64url'), keys, auth)).toBe('When I grow up, I want to be a watermelon')
})

describe('a message by Web Push', () => {
  let standIn: PushServiceStandIn
  let folder: string
  let deps: Deps
  let guarded: Deps
  beforeAll(async () => {
    standIn = await PushServiceStandIn.start()
    folder = await mkdtemp(join(tmpdir(), 'plumbline-push-'))
    const store = await openStore(folder)
    const publicUrl = () => 'https://login.example.com'
    const given = { store, now: () => new Date(), masterKey: new Uint8Array(32), publicUrl }
    deps = assemble({ ...given, outboundNetworks: ['127.0.0.0/8'] })
    guarded = assemble(given)
  })
  afterAll(async () => {
    await deps.store.close()
    await standIn.close()
    await rm(folder, { recursive: true })
  })

  const message = { text: 'Approve a login', seconds: 120, topic: 'login' }
  const send = (to: Subscription, text = message.text, from = deps) =>
    sendWebPush(from, { kind: 'web', ...to }, { ...message, text })

  it('arrives encrypted for the browser alone, from who proves to be the service', async () => {
    const browser = standIn.subscribe(await publicPushKey(deps))
    expect(await send(browser)).toBe('sent')
    expect(standIn.messagesOf(browser)).toEqual([
      { text: message.text, ttl: 120, topic: 'login', urgency: 'high', subject: 'https://login.example.com' },
    ])
  })

  it('is read as it was written, whatever it says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), async (text) => {
        const browser = standIn.subscribe()
        expect(await send(browser, text)).toBe('sent')
        expect(standIn.messagesOf(browser)[0]?.text).toBe(text)
      }),
      { numRuns: 20 },
    )
  })

  it('keeps the key of the service', async () => {
    expect(await publicPushKey(deps)).toBe(await publicPushKey(guarded))
  })

  it('to a browser that is gone says so', async () => {
    const browser = standIn.subscribe()
    standIn.unsubscribe(browser)
    expect(await send(browser)).toBe('gone')
    expect(await send({ ...browser, endpoint: `${standIn.url}/push/nobody` })).toBe('gone')
  })

  it('that the push service refuses has failed', async () => {
    expect(await send(standIn.subscribe(), 'x'.repeat(5000))).toBe('failed')
  })

  it('goes to no address inside the network of the service, whatever a browser names', async () => {
    const browser = standIn.subscribe()
    expect(await send(browser, 'x', guarded)).toBe('failed')
    expect(standIn.messagesOf(browser)).toEqual([])
  })
})

describe('a subscription', () => {
  const keys = createECDH('prime256v1')
  const p256dh = keys.generateKeys().toString('base64url')
  const good = { endpoint: 'https://push.example.com/1', p256dh, auth: 'BTBZMqHH6r4Tts7J_aSIgg' }

  it('is of the form that browsers make', () => {
    expect(isSubscription(good)).toBe(true)
  })

  it.each([
    ['an address of another kind', { endpoint: 'file:///etc/passwd' }],
    ['no address', { endpoint: 'push' }],
    ['no point', { p256dh: 'AAAA' }],
    [
      'a point beside the curve',
      { p256dh: Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url') },
    ],
    ['a short secret', { auth: 'AAAA' }],
  ])('is none with %s', (_, more) => {
    expect(isSubscription({ ...good, ...more })).toBe(false)
  })
})
