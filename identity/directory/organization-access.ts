import { hmacUnder } from '../crypto/derived-keys.ts'
import { sameHash } from '../crypto/hash.ts'

/** The credentials that the vendor APIs of an organization let in, all of them secrets. */
const ACCESS_FIELDS = {
  pigello: [
    'customer_id',
    'application_id',
    'service_id',
    'service_version_id',
    'client_ct',
    'client_entity',
    'client_secret',
  ],
  cim: ['username', 'password'],
  sailpoint: ['client_id', 'client_secret'],
  navixy: ['hash'],
} as const

export type VendorApi = keyof typeof ACCESS_FIELDS
const VENDOR_APIS = Object.keys(ACCESS_FIELDS) as VendorApi[]

/** Per API and field: the clear values of a request, or the keyed hashes that are stored. */
export type Access = { readonly [A in VendorApi]?: Readonly<Record<string, string>> }

/** Keyed hashes (HMAC-SHA-256) of the sent credentials; those that are not sent stay as stored. */
export function mergeAccess(masterKey: Uint8Array, stored: Access, sent: Access): Access {
  const merged = VENDOR_APIS.map((api) => [api, { ...stored[api], ...hashAll(masterKey, api, sent[api] ?? {}) }])
  return Object.fromEntries(merged) as Access
}

function hashAll(masterKey: Uint8Array, api: VendorApi, values: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(values).map(([f, v]) => [f, accessHash(masterKey, api, f, v)]))
}

function accessHash(masterKey: Uint8Array, api: VendorApi, field: string, value: string): string {
  return hmacUnder(masterKey, `access ${api} ${field}`).update(value).digest('base64url')
}

/**
 * True when every credential of the API is set and the presented ones are equal. All of them are compared, each in constant
 * time, so that the time tells neither which one is wrong nor whether the organization exists.
 */
export function accessGranted(
  masterKey: Uint8Array,
  stored: Access | undefined,
  api: VendorApi,
  presented: Readonly<Record<string, string | undefined>>,
): boolean {
  const results = ACCESS_FIELDS[api].map((field) =>
    sameHash(accessHash(masterKey, api, field, presented[field] ?? ''), stored?.[api]?.[field] ?? UNSET),
  )
  return results.every(Boolean)
}

/** As long as a hash, and equal to none. */
const UNSET = '-'.repeat(42).concat('=')

/** Which credentials are set: all that answers tell about them. */
export function accessSet(stored: Access): Record<string, Record<string, boolean>> {
  const flags = VENDOR_APIS.map((api) => [
    api,
    Object.fromEntries(ACCESS_FIELDS[api].map((f) => [f, stored[api]?.[f] !== undefined])),
  ])
  return Object.fromEntries(flags) as Record<string, Record<string, boolean>>
}
