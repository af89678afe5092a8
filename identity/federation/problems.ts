import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { PlumblineError } from '../../config/errors.ts'
import { refused } from '../login/refusal.ts'

/** The settings of a login method lack something. */
export const incomplete = (what: string): PlumblineError => refused(`the login method lacks ${what}`)

/** The provider describes itself in a way that nobody should follow. */
export const badMetadata = (what: string): PlumblineError => refused(what)

/** An answer that the protocol allows and the method does not. */
export const wrongAnswer = (what: string): PlumblineError => refused(what)

const UNREACHED: ReadonlySet<string | undefined> = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT'])

/** What the other side says may be long. */
const REASON_CHARACTERS = 256

/**
 * Runs what talks to another provider. Throws UNAVAILABLE when the provider cannot be reached, and the uniform refusal for an answer that is not
 * good; why is for the audit log.
 */
export async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof PlumblineError) throw error
    const isLost = error instanceof TypeError || (error instanceof ClientError && UNREACHED.has(error.code))
    if (isLost) throw new PlumblineError('UNAVAILABLE', 'the other provider cannot be reached', { cause: error })
    throw refused(reasonOf(error).slice(0, REASON_CHARACTERS))
  }
}

/** In the words of the protocol: names of errors and claims, no values. */
function reasonOf(error: unknown): string {
  if (error instanceof AuthorizationResponseError) return `the provider answered ${error.error}`
  if (error instanceof ResponseBodyError) return `the provider answered ${error.error} (status ${error.status})`
  if (error instanceof WWWAuthenticateChallengeError) {
    const [challenge] = error.cause
    return `the provider answered ${challenge?.parameters.error ?? 'a demand for credentials'} (status ${error.status})`
  }
  return detailsOf(error).join(': ')
}

/** What an error and its causes say; of a cause that is no error, which claim or attribute was wrong. */
function detailsOf(error: unknown): readonly string[] {
  if (error instanceof Error) return [error.message, ...detailsOf(error.cause)]
  const { claim, attribute } = (error ?? {}) as Readonly<Record<string, unknown>>
  return [claim, attribute].filter((name) => typeof name === 'string')
}
