import type { Command } from 'commander'
import * as client from 'openid-client'
import { PlumblineError } from '../../config/errors.ts'
import { type Begun, isLoopback, issuersTenant, type SignInResult, signIn } from '../../signin/flow.ts'
import { type StepAnswer, showSecret } from '../../signin/steps.ts'
import { EXIT } from '../exit.ts'
import { Questions } from '../login/questions.ts'
import type { Result } from '../output/results.ts'
import { type CommandHandler, handle } from '../run.ts'

const EXAMPLES = `
Examples:
  plumbline login --issuer https://login.example.com/acme-web/oidc --client cli
  plumbline login --issuer … --client cli --username jane --format json
  curl -H "Authorization: Bearer $(plumbline login --issuer … --client cli --token)" https://login.example.com/v1/userinfo

The client is a public one with the redirect address http://127.0.0.1/callback. PIN and pattern are asked without echo, the pattern as
the numbers of its cells, row by row from 0: "0 1 2 5 8". Away from a terminal each answer is a line of standard input. They never leave this
process. Without --token the tokens are given back at once.`

interface Options {
  readonly issuer: string
  readonly client: string
  readonly username?: string
  readonly scope: string
  readonly token?: true
}

export function define(command: Command): void {
  command
    .requiredOption('--issuer <url>', 'OpenID Connect issuer of the tenant')
    .requiredOption('--client <id>', 'application to sign in to')
    .option('--username <name>', 'who signs in; asked when absent')
    .option('--scope <scopes>', 'what to ask for', 'openid profile')
    .option('--token', 'print the access token')
    .addHelpText('after', EXAMPLES)
  handle(command, login)
}

const login: CommandHandler<Options> = async ({ terminal, signal }, options) => {
  const issuer = issuerOf(options.issuer)
  const questions = new Questions()
  const username = options.username ?? (await questions.ask('User name: ', { secret: false }))
  const place = { issuer, clientId: options.client, scope: options.scope, signal }
  const show = async (begun: Begun): Promise<string> =>
    ticketOf(await showSecret(begun, username, (steps) => questions.askSecret(steps)))
  const signedIn = await signIn(place, show).catch(told)
  const { access_token } = signedIn.tokens
  const facts = factsOf(signedIn, options, await nameOf(signedIn).catch(told))
  if (!options.token) await client.tokenRevocation(signedIn.config, access_token).catch(told)
  const value = { ...facts, ...(options.token ? { access_token } : {}) }
  terminal.result('login', value, { text: () => (options.token ? access_token : lines(facts)) })
  return EXIT.ok
}

function ticketOf({ nonce, need_verify }: StepAnswer): string {
  if (!need_verify) return nonce
  throw new PlumblineError('REFUSED', 'this tenant demands another factor, which only a browser can show', {
    help: 'Sign in with a browser.',
  })
}

const NAME_WIDTH = 12

const lines = (facts: Result<'login'>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name.padEnd(NAME_WIDTH)}${[value].flat().join(' ')}`)
    .join('\n')

/** Throws USAGE for what is no issuer here, and for one that would send the proof in clear. */
function issuerOf(text: string): URL {
  const issuer = URL.parse(text.replace(/\/$/, ''))
  if (!issuer) throw new PlumblineError('USAGE', `'${text}' is no address`)
  issuersTenant(issuer)
  if (issuer.protocol !== 'https:' && !isLoopback(issuer))
    throw new PlumblineError('USAGE', 'the issuer has to be reached by https, unless it is on this machine')
  return issuer
}

/** As the service knows the name. */
async function nameOf({ config, tokens }: SignInResult): Promise<string | undefined> {
  const { preferred_username } = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
  return preferred_username
}

/** What the ID token says; no token. Times are RFC 3339. */
function factsOf({ tokens }: SignInResult, { issuer, client: client_id }: Options, username: string | undefined) {
  const claims = tokens.claims()
  const time = (seconds: unknown) => new Date(Number(seconds) * 1000).toISOString()
  return {
    ...(username === undefined ? {} : { username }),
    issuer,
    client_id,
    sub: String(claims?.sub),
    ...(claims?.acr === undefined ? {} : { acr: String(claims.acr) }),
    ...(claims?.amr === undefined ? {} : { amr: [claims.amr].flat().map(String) }),
    auth_time: time(claims?.auth_time ?? claims?.iat),
    expires_at: time(claims?.exp),
    ...(tokens.scope === undefined ? {} : { scope: tokens.scope }),
  }
}

/** Failures of the OpenID Connect client in our words. */
function told(error: unknown): never {
  if (error instanceof PlumblineError) throw error
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError)
    throw new PlumblineError('REFUSED', `the service refused: ${error.error_description ?? error.error}`, {
      cause: error,
    })
  if (error instanceof client.ClientError || error instanceof TypeError)
    throw new PlumblineError('UNAVAILABLE', `the service cannot be used: ${(error as Error).message}`, { cause: error })
  throw error
}
