import { readFileSync } from 'node:fs'
import { PlumblineError } from '../config/errors.ts'
import { Secret } from '../reconciler/secret.ts'

/** Who we are at a forge: the holder of a token, or a GitHub App. */
export type ForgeCredentials = { readonly token: Secret } | { readonly appId: string; readonly key: Secret }

/** Variables that hold a token, first to last. */
const TOKENS = ['PLUMBLINE_FORGE_TOKEN', 'GH_TOKEN', 'GITHUB_TOKEN', 'GITEA_TOKEN'] as const

/** Every variable that says who we are; programs that work for others do not get them. */
export const CREDENTIAL_VARIABLES = [
  ...TOKENS,
  'PLUMBLINE_APP_ID',
  'PLUMBLINE_APP_KEY_FILE',
  'PLUMBLINE_WEBHOOK_SECRET',
] as const

/** From the environment: `PLUMBLINE_APP_ID` with `PLUMBLINE_APP_KEY_FILE` (PEM), else a token. Throws USAGE, IO. */
export function credentialsIn(env: NodeJS.ProcessEnv): ForgeCredentials {
  const { PLUMBLINE_APP_ID: appId, PLUMBLINE_APP_KEY_FILE: file } = env
  if (appId && file) return { appId, key: new Secret(readKey(file)) }
  const token = TOKENS.map((name) => env[name]).find(Boolean)
  if (token !== undefined) return { token: new Secret(token) }
  throw new PlumblineError('USAGE', 'there is no token for the forge', {
    help: 'Set PLUMBLINE_FORGE_TOKEN (or GITHUB_TOKEN), or PLUMBLINE_APP_ID and PLUMBLINE_APP_KEY_FILE of a GitHub App.',
  })
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new PlumblineError('IO', `cannot read the key of the GitHub App ${file}`, { cause })
  }
}
