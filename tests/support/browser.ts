import { execFileSync } from 'node:child_process'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

function firstOf(...names: readonly string[]): string | undefined {
  for (const name of names)
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
    } catch {
      // `command -v` fails where there is no such program; the next name may be there.
    }
  return undefined
}

/** Debian's packages; no browser is downloaded for tests. */
const whole = firstOf('chromium', 'chromium-browser', 'google-chrome')
/** Chromium without windows, which takes half of the processor time. */
const windowless = firstOf('chromium-headless-shell') ?? whole

/** Tests that need a browser are left out where there is none, but never in the gate, which installs one. */
export const LACKS_BROWSER = whole === undefined && process.env.CI === undefined
/** For the name of such tests. */
export const WHY_NOT = LACKS_BROWSER ? ' (skipped: no Chromium on PATH; apt-get install chromium)' : ''

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
]

const there = (executablePath: string | undefined): string => {
  if (executablePath === undefined) throw new Error('there is no Chromium on PATH; apt-get install chromium')
  return executablePath
}

/** A real Chromium. Throws when there is none. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: there(windowless), args: ARGUMENTS })

/** One with all that belongs to its windows: it shows notifications, too. */
export const launchWholeBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: there(whole), args: ARGUMENTS })

/** The same with a profile of its own in a folder, as people have one: private windows show no tickets. */
export async function launchProfile(
  folder: string,
  env: Readonly<Record<string, string>>,
  ...more: readonly string[]
): Promise<BrowserContext> {
  const executablePath = there(whole)
  const own = { HOME: folder, PATH: process.env.PATH ?? '', ...env }
  return chromium.launchPersistentContext(folder, { executablePath, args: [...ARGUMENTS, ...more], env: own })
}

/** Chromium's virtual authenticator: built in, with discoverable credentials, held by somebody whom it has checked. */
export async function addAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  })
}
