/** Where people come back to from a login, at the application `shop` of the benchmarks. */
export const RETURN = 'https://shop.example.com/callback'

/** What `shop` asks for when somebody signs in. */
export const authorizationQuery = (): URLSearchParams =>
  new URLSearchParams({
    client_id: 'shop',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: RETURN,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })

let addresses = 0
/** The header of somebody else each time: limits are per address. */
export function somebody() {
  const n = ++addresses
  return { 'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}` }
}
