const MINUTE = 60
const DAY = 24 * 60 * MINUTE

/** Seconds that each thing lives. A refresh token family and a session end this long after the login, however often they are used. */
export const LIFETIMES = {
  AccessToken: 15 * MINUTE,
  AuthorizationCode: MINUTE,
  ClientCredentials: 10 * MINUTE,
  DeviceCode: 10 * MINUTE,
  IdToken: 60 * MINUTE,
  Interaction: 10 * MINUTE,
  RefreshToken: 30 * DAY,
  Session: 30 * DAY,
  Grant: 30 * DAY,
} as const

/** Seconds that a new signing key is published before it signs: relying parties and other replicas learn it in time. */
export const KEY_LEAD = 10 * MINUTE
/** Seconds that an old key stays published: ID tokens are shown as a hint at logout as long as a session lives. */
export const KEY_REMAINS = LIFETIMES.Session
/** Seconds after which a provider instance looks at its tenant's keys again; well below `KEY_LEAD`. */
export const KEYS_FRESH = MINUTE
