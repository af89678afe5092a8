import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureTool } from '../../engine/engine.ts'
import { answering } from './ports.ts'

/** The one client that it knows. */
export const PEER_CLIENT = { id: 'web', secret: 'secret' } as const

/** Somebody with an account there, by the names of the program. */
export interface PeerAccount {
  readonly ID: string
  readonly Username: string
  readonly Password: string
  readonly FirstName: string
  readonly LastName: string
  readonly Email: string
  readonly EmailVerified: boolean
  readonly PreferredLanguage: string
}

/** The issuer of a provider at a port of the loopback. */
export const issuerAt = (port: number): string => `http://localhost:${port}/`

/** A real OpenID provider of others (zitadel/oidc) with these accounts, which sends people back to one address only. */
export async function openOpenIdProvider(
  port: number,
  redirectUri: string,
  accounts: readonly PeerAccount[],
): Promise<{ close(): Promise<void> }> {
  const program = await ensureTool('openid-provider')
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-provider-'))
  const users = join(folder, 'users.json')
  await writeFile(users, JSON.stringify(Object.fromEntries(accounts.map((account) => [account.ID, account]))))
  const env = { ...process.env, PORT: String(port), USERS_FILE: users, REDIRECT_URI: redirectUri }
  const server = spawn(program, [], { cwd: folder, env, stdio: 'ignore' })
  await answering(port)
  return {
    close: async () => {
      const ended = once(server, 'exit')
      server.kill()
      await ended
      await rm(folder, { recursive: true })
    },
  }
}
