import { randomBytes } from 'node:crypto'
import type { KeyMaterial } from '../identity/directory/keystore.ts'
import type { TicketCheck } from '../identity/federation/kerberos/check.ts'
import { isKerberos, KERBEROS_ISSUER } from '../identity/federation/kerberos/settings.ts'
import type { FederatedLogin } from '../identity/federation/methods.ts'
import { wrongAnswer } from '../identity/federation/problems.ts'
import { SHADOW_HOST } from './place.ts'
import type { AccountThere, StandIn } from './stand-in.ts'

const REALM = 'SHADOW.EXAMPLE'
/** Tag of an initial token, and what stands in it here in place of a ticket. */
const [INITIAL, TICKET] = [0x60, 'shadow ticket ']

/** Stands for every realm of Kerberos: people have a ticket wherever they are asked for one. */
export class Realms implements StandIn {
  readonly plays = isKerberos

  async know(_: FederatedLogin, username: string): Promise<AccountThere> {
    return { issuer: KERBEROS_ISSUER, subject: `${username}@${REALM}` }
  }

  /** Nobody is sent there. */
  async signIn(): Promise<undefined> {
    return undefined
  }

  readonly check: TicketCheck = async ({ token }) => {
    const [, username] = SHOWN.exec(Buffer.from(token, 'base64').subarray(1).toString()) ?? []
    if (username === undefined) throw wrongAnswer('the ticket is of no realm of trials')
    return { principal: `${username}@${REALM}` }
  }
}
const SHOWN = new RegExp(`^${TICKET}[0-9a-f]+ (.+)$`)

/** What the browser of somebody shows; another one each time. */
export function trialTicket(username: string): string {
  const once = randomBytes(8).toString('hex')
  return Buffer.concat([Buffer.of(INITIAL), Buffer.from(`${TICKET}${once} ${username}`)]).toString('base64')
}

/** A key of the service, as a keytab has it; nothing is encrypted to it. */
export function trialKeytab(): KeyMaterial {
  const text = (value: string | Buffer) => Buffer.concat([number(value.length, 2), Buffer.from(value)])
  const [parts, nameType, time, kvno, aes256] = [number(2, 2), number(1, 4), number(0, 4), number(1, 1), number(18, 2)]
  const principal = [parts, text(REALM), text('HTTP'), text(SHADOW_HOST), nameType]
  const record = Buffer.concat([...principal, time, kvno, aes256, text(randomBytes(32))])
  return { keytab: Buffer.concat([number(0x0502, 2), number(record.length, 4), record]).toString('base64') }
}

function number(value: number, bytes: number): Buffer {
  const written = Buffer.alloc(bytes)
  written.writeUIntBE(value, 0, bytes)
  return written
}
