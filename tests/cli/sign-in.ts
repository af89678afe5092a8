import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { COMMAND } from '../command.ts'
import { openApplication } from '../identity/oidc/application.ts'
import { signUp } from '../identity/oidc/sign-up.ts'
import { openOidcWorld } from '../identity/oidc/world.ts'
import type { Ran } from './project.ts'

export const PIN = '204861'
export const PATTERN = [0, 1, 2, 5, 8]
export const ANSWERS = `${PIN}\n${PATTERN.join(' ')}\n`
const JANE = { username: 'jane', steps: { pin: 6, pattern: 3 }, secret: { pin: PIN, pattern: PATTERN } } as const

/** A service with the user jane, to whose application `cli` one can sign in from the terminal. */
export async function openSignIn() {
  const world = await openOidcWorld()
  const tenant = await world.tenant({ register_enable: true, use_pin: true, use_pattern: true })
  const redirect_uris = ['http://127.0.0.1/callback']
  await world.client(tenant, { client_id: 'cli', client_type: 'public', redirect_uris })
  const app = await openApplication(world, { register_enable: true }, tenant)
  const userId = await signUp(world, app, JANE)
  const issuer = `${world.url}/${app.tenant}/oidc`

  /** Runs the command with answers on its standard input, away from a terminal. */
  async function answer(input: string, ...args: readonly string[]): Promise<Ran> {
    const all = ['login', '--issuer', issuer, '--client', 'cli', '--username', 'jane', ...args]
    const child = spawn(process.execPath, [...COMMAND, ...all], { stdio: 'pipe' })
    child.stdin.end(input)
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    return { code, stdout, stderr }
  }
  return {
    url: world.url,
    issuer,
    userId,
    answer,
    login: (...args: readonly string[]) => answer(ANSWERS, ...args),
    close: () => world.close(),
  }
}
