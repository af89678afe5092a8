import { describe, expect, it } from 'vitest'
import { deviceOf } from '../../../identity/login/device.ts'
import { openContract } from '../vault/world.ts'

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1'
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

describe('a device', () => {
  it('is read from what the browser says', () => {
    expect(deviceOf(IPHONE)).toMatchObject({
      browser: { family: 'Safari', version: '17.4' },
      os: { family: 'iOS', version: '17.4' },
      device: { brand: 'Apple', model: 'iPhone' },
      is_mobile: true,
      is_pc: false,
    })
  })

  it('can be a program', () => {
    expect(deviceOf(BOT)).toMatchObject({ is_bot: true })
  })

  it.each(['', null])('is nothing for %j', (text) => {
    expect(deviceOf(text)).toBeNull()
  })

  it.each([IPHONE, BOT, 'curl/8.5.0', 'x', '('.repeat(512)])('fits the contract for %s', async (text) => {
    const { problems } = await openContract('secrets-vault.openapi.yaml')
    expect(problems('UserAgentParsed', deviceOf(text))).toBe('')
  })
})
