import { execFileSync } from 'node:child_process'

const isThere = (): boolean => {
  try {
    execFileSync('oathtool', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Tests that need it are left out where there is none, but never in the gate, which installs it. */
export const LACKS_OATHTOOL = process.env.CI === undefined && !isThere()
/** For the name of such tests. */
export const WHY_NO_OATHTOOL = LACKS_OATHTOOL ? ' (skipped: no oathtool; apt-get install oathtool)' : ''

/** The code that OATH Toolkit makes of a secret in base32 (RFC 6238). */
export const oathCode = (secret: string, at: Date): string =>
  execFileSync('oathtool', ['--totp', '--base32', `--now=@${Math.floor(at.getTime() / 1000)}`, secret], {
    encoding: 'utf8',
  }).trim()
