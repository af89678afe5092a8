import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'
import { PlumblineError } from '../../../config/errors.ts'
import { wrongAnswer } from '../problems.ts'

/** A ticket, for whom it has to be, and the keys that may open it. */
interface ShownTicket {
  /** SPNEGO or Kerberos, in base64. */
  readonly token: string
  /** As GSS-API names it, e.g. `HTTP@id.example.com`. */
  readonly service: string
  /** In base64. */
  readonly keytab: string
}

/** Whom a ticket is of. */
interface TicketHolder {
  /** With its realm, e.g. `jane@EXAMPLE.COM`. */
  readonly principal: string
  /** For the browser, which knows by it that the service has the key; in base64. */
  readonly answer?: string
}

/** Opens a ticket. Throws the uniform refusal for one that is not good, UNAVAILABLE when too many are being looked at. */
export type TicketCheck = (ticket: ShownTicket) => Promise<TicketHolder>

const MILLISECONDS = 5000
/** Processes at once, and tickets that may wait for one: some seconds of work. */
const [MOST_AT_ONCE, MOST_WAITING] = [4, 128]
const REASON_CHARACTERS = 256
const PROGRAM = fileURLToPath(new URL('./check-ticket.mjs', import.meta.url))

/**
 * Has tickets checked by the Kerberos library of the system, each in a process of its own: the library finds its keys by the environment
 * of a process, so that in one process the keys of two organizations could be taken for each other.
 */
export function openTicketCheck(): TicketCheck {
  const turns = pLimit(MOST_AT_ONCE)
  return async (ticket) => {
    if (turns.pendingCount >= MOST_WAITING)
      throw new PlumblineError('UNAVAILABLE', 'too many tickets are being checked')
    return turns(() => holderOf(ticket))
  }
}

interface Said {
  readonly principal?: string | null
  readonly answer?: string | null
  readonly problem?: string
}

async function holderOf(ticket: ShownTicket): Promise<TicketHolder> {
  const { principal, answer, problem } = await said(ticket)
  if (!principal) throw wrongAnswer(reasonIn(problem ?? 'the check of the ticket broke off'))
  return { principal, ...(answer ? { answer } : {}) }
}

/** Without what the library says first of every problem. */
const reasonIn = (problem: string): string =>
  problem.replace(/^.*Minor code may provide more information: /, '').slice(0, REASON_CHARACTERS)

/** Nothing of the environment gets there: neither secrets of the service nor what leads the library elsewhere. */
async function said(ticket: ShownTicket): Promise<Said> {
  const program = spawn(process.execPath, [PROGRAM], {
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: MILLISECONDS,
    killSignal: 'SIGKILL',
  })
  // Whoever ends early says nothing, which is told below.
  program.stdin.on('error', () => undefined)
  program.on('error', () => undefined)
  program.stdin.end(JSON.stringify(ticket))
  try {
    return JSON.parse(await text(program.stdout)) as Said
  } catch {
    return {}
  }
}
