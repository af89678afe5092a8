import { wrongAnswer } from '../problems.ts'

/** How a browser is asked for a ticket (RFC 4559, section 4.1). */
export const NEGOTIATE = 'Negotiate'

const OFFER = /^negotiate +(\S+) *$/i
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/
/** What Windows takes itself for a ticket with the groups of a person (MaxTokenSize, 48,000 bytes), in base64. */
const MOST_CHARACTERS = 64_000
/** `NTLMSSP` in base64: what browsers of Windows send that have no ticket. */
const NTLM = /^TlRMTVNTUA/
/** An initial token of GSS-API (RFC 2743, section 3.1). */
const INITIAL = 0x60

/** Without TLS whoever listens could sign in by the ticket; that is for development on one machine. */
export const takesTickets = (publicUrl: string): boolean => {
  const { protocol, hostname } = new URL(publicUrl)
  return protocol === 'https:' || LOOPBACK.has(hostname)
}
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The token in the header `Authorization`; `undefined` where there is none. */
export const offeredToken = (authorization: string | undefined): string | undefined =>
  OFFER.exec(authorization ?? '')?.[1]

/** Throws the uniform refusal for what nobody has to look at to know that it is no ticket. */
export function requireTicket(token: string): void {
  if (NTLM.test(token)) throw wrongAnswer('the browser sent NTLM in place of a ticket')
  if (token.length > MOST_CHARACTERS) throw wrongAnswer('the ticket is too long')
  if (!BASE64.test(token) || Buffer.from(token, 'base64')[0] !== INITIAL) throw wrongAnswer('that is no ticket')
}
