import { PlumblineError } from '../../../config/errors.ts'
import { Fault } from '../fault.ts'

/** Runs a write; a taken id or name becomes 409 with the message (`uniqueness` in SCIM). */
export async function unlessTaken<T>(write: () => Promise<T>, message: string): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof PlumblineError && error.code === 'CONFLICT')) throw error
    throw new Fault(409, message, { code: 'uniqueness', cause: error })
  }
}
