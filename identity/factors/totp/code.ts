import { Secret, TOTP } from 'otpauth'

const SECRET_BYTES = 20
const PERIOD_SECONDS = 30
/** Steps before and after the own clock in which a code is good (RFC 6238, section 6). */
const DRIFT_STEPS = 1
const DIGITS = 6

/** SHA-1, six digits, thirty seconds: the only values that every app knows. */
const totpOf = (secret: string, names: { readonly issuer?: string; readonly label?: string } = {}): TOTP =>
  new TOTP({
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_SECONDS,
    secret: Secret.fromBase32(secret),
    ...names,
  })

/** 160 random bits, base32 (RFC 4226, section 4, R6). */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32

/** Address that an app takes from a QR picture. */
export const totpAddress = (secret: string, issuer: string, label: string): string =>
  totpOf(secret, { issuer, label }).toString()

/** The time step of which this is the code; `undefined` for a code of none within the drift. Blanks in it do not matter. */
export function stepOf(secret: string, code: string, now: Date): number | undefined {
  const token = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const timestamp = now.getTime()
  const drift = totpOf(secret).validate({ token, timestamp, window: DRIFT_STEPS })
  return drift === null ? undefined : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + drift
}

/** What the app shows now. */
export const totpCode = (secret: string, now: Date): string => totpOf(secret).generate({ timestamp: now.getTime() })
