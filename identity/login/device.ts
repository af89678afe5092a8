import Bowser from 'bowser'

/** Contract schema UserAgentParsed. */
export interface Device {
  readonly browser: { readonly family: string | null; readonly version: string | null }
  readonly os: { readonly family: string | null; readonly version: string | null }
  readonly device: { readonly family: string | null; readonly brand: string | null; readonly model: string | null }
  readonly is_mobile: boolean
  readonly is_tablet: boolean
  readonly is_pc: boolean
  readonly is_bot: boolean
}

/** Longest text that is looked at; longer ones are cut. */
export const USER_AGENT_CHARACTERS = 512

/** What a `User-Agent` says about the device; null for what it leaves open. It is the client's own word, fit for display only. */
export function deviceOf(userAgent: string | null): Device | null {
  if (userAgent === null || userAgent === '') return null
  const { browser, os, platform } = Bowser.parse(userAgent)
  return {
    browser: { family: browser.name || null, version: browser.version || null },
    os: { family: os.name || null, version: os.version || null },
    device: { family: platform.type || null, brand: platform.vendor || null, model: platform.model || null },
    is_mobile: platform.type === 'mobile',
    is_tablet: platform.type === 'tablet',
    is_pc: platform.type === 'desktop',
    is_bot: platform.type === 'bot',
  }
}

/** A telephone or a tablet: where a picture is on it, nothing else can scan it. */
export function isHandheld({ 'user-agent': userAgent }: Readonly<Record<string, unknown>>): boolean {
  const device = deviceOf(typeof userAgent === 'string' ? userAgent.slice(0, USER_AGENT_CHARACTERS) : null)
  return device?.is_mobile === true || device?.is_tablet === true
}
