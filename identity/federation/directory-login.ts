import type { Deps } from '../deps.ts'
import { takeAttempt } from '../lockout/attempts.ts'
import type { PendingLogin } from '../login/pending-login.ts'
import { refused } from '../login/refusal.ts'
import { values } from '../policy/decision.ts'
import { askDirectory, type DirectoryAnswer, type LdapParts } from './ldap.ts'
import type { FederatedLogin } from './methods.ts'
import type { Arrival } from './protocol.ts'

/** Whether people enter name and password of the other side here. */
export const isDirectory = ({ spec }: Pick<FederatedLogin, 'spec'>): boolean => spec.type === 'Ldap'

const partsOf = ({ outsideHosts, outsideDirectory }: Pick<Deps, 'outsideHosts' | 'outsideDirectory'>): LdapParts => ({
  hosts: outsideHosts,
  directoryAt: outsideDirectory,
})

/**
 * Asks the directory. A wrong answer counts for the lockout of the network address and of that name in that directory, not of an account here.
 * Throws the uniform refusal, 429 while blocked, UNAVAILABLE when no server answers.
 */
export async function signInAtDirectory(
  deps: Pick<Deps, 'store' | 'now' | 'metrics' | 'outsideHosts' | 'outsideDirectory'>,
  { tenant, policy }: PendingLogin,
  federated: FederatedLogin,
  { ip, ...answer }: DirectoryAnswer & { readonly ip: string },
): Promise<Arrival> {
  const username = `${federated.id}/${answer.username}`
  const attempt = await takeAttempt(deps, { scope: tenant.tenant_id, config: values(policy.lockout), ip, username })
  const arrival = await askDirectory(partsOf(deps), federated, answer).catch(async (error: unknown) => {
    // Nobody looked at the answer, so it was no guess.
    await attempt.succeed()
    throw error
  })
  if (arrival === undefined) throw refused('name or password are wrong there')
  await attempt.succeed()
  return arrival
}
