/** Documented errors that no request can bring about, with the reason. */
const NEVER: readonly { readonly of: RegExp; readonly status: number; readonly because: string }[] = [
  { of: /Scim/, status: 500, because: 'a fault of the server itself' },
  { of: /^(list|get)Scim/, status: 409, because: 'reading conflicts with nothing' },
  { of: /^deleteScim/, status: 409, because: 'a removal takes no name; another version is 412' },
  { of: /^(get|delete)Scim/, status: 400, because: 'there is no body and no filter' },
  {
    of: /Password$/,
    status: 503,
    because: 'more sign-ins at once than the hashing admits; see tests/identity/password',
  },
  {
    of: /^exchangeToken/,
    status: 422,
    because: 'errors of the token endpoint have the form of RFC 6749 (x-recommended-errors)',
  },
  { of: /^get(User|UserByName|Tenant)$/, status: 422, because: 'any text may be an id' },
  { of: /^(complete|cancel)Authorization$/, status: 404, because: 'a handle of another tenant is refused first' },
  { of: /^beginMicrosoftMfa$/, status: 404, because: 'a reference that nobody was given is refused first' },
]

export const isProduced = (id: string, status: number): boolean =>
  !NEVER.some((entry) => entry.of.test(id) && entry.status === status)
