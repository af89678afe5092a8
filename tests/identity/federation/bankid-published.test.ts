import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pictureText } from '../../../identity/federation/bankid/picture.ts'
import { ANNA, BankIdStandIn } from './bankid-stand-in.ts'

// What BankID publishes (developers.bankid.com, "API references: Auth & Sign", "QR code"; its sample code).
describe('the text of a picture', () => {
  const order = {
    qrStartToken: '67df3917-fa0d-44e5-b327-edcc928297f8',
    qrStartSecret: 'd28db9a7-4cde-429e-a983-359be676944c',
  }
  it.each([
    [0, 'dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8'],
    [1, '949d559bf23403952a94d103e67743126381eda00f0b3cbddbf7c96b1adcbce2'],
    [2, 'a9e5ec59cb4eee4ef4117150abc58fad7a85439a6a96ccbecc3668b41795b3f3'],
  ])('after %i s is that of the published example', (seconds, code) => {
    expect(pictureText(order, seconds * 1000 + 999)).toBe(`bankid.${order.qrStartToken}.${seconds}.${code}`)
  })
})

describe('the stand-in for BankID does as is published', () => {
  let standIn: BankIdStandIn
  beforeAll(async () => {
    standIn = await BankIdStandIn.open()
  })
  afterAll(() => standIn.close())

  interface Said {
    readonly status: number
    readonly content: Readonly<Record<string, string>>
  }
  const JSON_TYPE = { 'content-type': 'application/json' }
  const call = async (
    operation: string,
    content: object,
    { pair = standIn.client, method = 'POST', headers = JSON_TYPE } = {},
  ): Promise<Said> =>
    new Promise((resolve, reject) => {
      const tls = { key: pair.privateKey, cert: pair.certificate, ca: standIn.authority }
      const asking = request(`${standIn.url}/${operation}`, { method, headers, agent: false, ...tls }, async (answer) =>
        resolve({ status: answer.statusCode ?? 0, content: JSON.parse(await text(answer)) }),
      )
      asking.on('error', reject).end(method === 'POST' ? JSON.stringify(content) : undefined)
    })
  const auth = async (more: object = {}) => (await call('auth', { endUserIp: '192.0.2.1', ...more })).content
  const collect = (orderRef: string | undefined) => call('collect', { orderRef })
  const said = ({ status, content }: Said) => [status, content.errorCode]

  it('auth: the four values of an order', async () => {
    expect(Object.keys(await auth()).toSorted()).toEqual([
      'autoStartToken',
      'orderRef',
      'qrStartSecret',
      'qrStartToken',
    ])
  })

  it('collect: pending with a hint, then complete with the person, and that once', async () => {
    const { orderRef, autoStartToken } = await auth()
    expect((await collect(orderRef)).content).toEqual({
      orderRef,
      status: 'pending',
      hintCode: 'outstandingTransaction',
    })
    standIn.start(`bankid:///?autostarttoken=${autoStartToken}&redirect=null`, ANNA)
    expect((await collect(orderRef)).content.hintCode).toBe('userSign')
    standIn.approve()
    expect((await collect(orderRef)).content).toMatchObject({
      status: 'complete',
      completionData: {
        user: { personalNumber: '199001019802', name: 'Anna Svensson', givenName: 'Anna', surname: 'Svensson' },
        device: { ipAddress: '192.0.2.1', uhi: expect.any(String) },
        bankIdIssueDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      },
    })
    expect(said(await collect(orderRef))).toEqual([400, 'invalidParameters'])
  })

  it('cancel: an empty object, and that once', async () => {
    const { orderRef } = await auth()
    expect(await call('cancel', { orderRef })).toEqual({ status: 200, content: {} })
    expect(said(await call('cancel', { orderRef }))).toEqual([400, 'invalidParameters'])
  })

  it('a second order of a person ends both', async () => {
    const orders = [await auth(), await auth()]
    for (const { autoStartToken } of orders) standIn.start(`bankid:///?autostarttoken=${autoStartToken}`, ANNA)
    const ends = await Promise.all(orders.map(async ({ orderRef }) => (await collect(orderRef)).content.hintCode))
    expect(ends).toEqual(['cancelled', 'cancelled'])
  })

  it('an order that nobody takes up ends', async () => {
    const { orderRef } = await auth()
    const now = Date.now()
    standIn.now = () => now + 181_000
    expect((await collect(orderRef)).content).toMatchObject({ status: 'failed', hintCode: 'expiredTransaction' })
    standIn.now = Date.now
  })

  it('errors: by status and errorCode', async () => {
    expect(said(await call('auth', {}))).toEqual([400, 'invalidParameters'])
    expect(said(await call('auth', { endUserIp: '192.0.2.1', personalNumber: '1' }))).toEqual([
      400,
      'invalidParameters',
    ])
    expect(said(await call('phone', {}))).toEqual([404, 'notFound'])
    expect(said(await call('auth', {}, { method: 'GET' }))).toEqual([405, 'methodNotAllowed'])
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    expect(said(await call('auth', {}, { headers }))).toEqual([415, 'unsupportedMediaType'])
  })

  it('an order of another company is none', async () => {
    const { orderRef } = await auth()
    expect(said(await call('collect', { orderRef }, { pair: standIn.other }))).toEqual([400, 'invalidParameters'])
  })
})
