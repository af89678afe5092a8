import { type Code, PlumblineError } from '../../config/errors.ts'

/** True when the write was made; false when it failed with the one code that the caller is prepared for. */
export async function succeeds(write: Promise<unknown>, unless: Code): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (error instanceof PlumblineError && error.code === unless) return false
    throw error
  }
}
