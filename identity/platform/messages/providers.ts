import { AwsClient } from 'aws4fetch'
import { PlumblineError } from '../../../config/errors.ts'

/** How a message reaches a telephone. */
type PhoneChannel = 'text' | 'voice'

/** A message to a telephone number in E.164 form. */
export interface PhoneMessage {
  readonly channel: PhoneChannel
  readonly to: string
  readonly text: string
  /** In lower case; default: English. */
  readonly language?: string | undefined
}

/** What a webhook gets; `to` of a letter is a user name. */
type HookMessage = Omit<PhoneMessage, 'channel'> & { readonly channel: PhoneChannel | 'letter' }

/** Where an account at a provider is, from the address of the settings. */
export interface ProviderAccount {
  /** Origin, e.g. `https://api.twilio.com`. */
  readonly origin: string
  readonly path: string
  readonly user: string
  readonly password: string
  /** Number or name that messages come from. */
  readonly from: string
}

/** One provider of text messages and calls. */
interface Provider {
  /** The request that sends a message; `undefined` for a channel that the provider does not have. */
  request(account: ProviderAccount, message: PhoneMessage): Promise<Request> | undefined
  /** Code of a refusal that comes with HTTP 200. */
  refusal?(body: string): string | undefined
}

const basic = ({ user, password }: ProviderAccount): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

const formRequest = (
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
) => new Request(url, { method: 'POST', body: new URLSearchParams(fields), headers })

const escapeXml = (text: string): string => text.replace(/[<>&'"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Voices of Twilio by language. */
const VOICES: Readonly<Record<string, string>> = {
  de: 'de-DE',
  en: 'en-US',
  es: 'es-ES',
  fr: 'fr-FR',
  nl: 'nl-NL',
  sv: 'sv-SE',
}

/** What a voice says: each digit by itself, twice. */
const spoken = (text: string, language: string): string => {
  const slow = escapeXml(text.replace(/\d+/g, (digits) => [...digits].join(', ')))
  const say = `<Say language="${VOICES[language] ?? 'en-US'}">${slow}</Say>`
  return `<Response>${say}<Pause length="1"/>${say}</Response>`
}

/** By the scheme of the address in the settings. */
const PROVIDERS: Readonly<Record<string, Provider>> = {
  /** Programmable Messaging and Voice, API version 2010-04-01. */
  twilio: {
    request: async (account, { channel, to, text, language = 'en' }) => {
      const resource = channel === 'voice' ? 'Calls' : 'Messages'
      const url = `${account.origin}/2010-04-01/Accounts/${account.user}/${resource}.json`
      const content: Record<string, string> = channel === 'voice' ? { Twiml: spoken(text, language) } : { Body: text }
      const from: Record<string, string> = account.from.startsWith('MG')
        ? { MessagingServiceSid: account.from }
        : { From: account.from }
      return formRequest(url, { To: to, ...from, ...content }, { authorization: basic(account) })
    },
  },
  /** SMS API; it says in the body whether it took the message. */
  vonage: {
    request: ({ origin, user, password, from }, { channel, to, text }) =>
      channel === 'voice'
        ? undefined
        : Promise.resolve(
            formRequest(
              `${origin}/sms/json`,
              { api_key: user, api_secret: password, from, to: to.replace(/^\+/, ''), text, type: 'unicode' },
              {},
            ),
          ),
    refusal: (body) => {
      const { messages = [] } = JSON.parse(body) as { readonly messages?: readonly { readonly status: string }[] }
      return messages.length === 0 ? 'no answer' : messages.find(({ status }) => status !== '0')?.status
    },
  },
  /** Amazon SNS, action Publish of version 2010-03-31, signed with Signature Version 4. */
  sns: {
    request: ({ origin, user, password, from }, { channel, to, text }) => {
      if (channel === 'voice') return undefined
      const attribute = (i: number, name: string, value: string): Record<string, string> => ({
        [`MessageAttributes.entry.${i}.Name`]: name,
        [`MessageAttributes.entry.${i}.Value.DataType`]: 'String',
        [`MessageAttributes.entry.${i}.Value.StringValue`]: value,
      })
      const body = new URLSearchParams({
        Action: 'Publish',
        Version: '2010-03-31',
        PhoneNumber: to,
        Message: text,
        ...attribute(1, 'AWS.SNS.SMS.SMSType', 'Transactional'),
        ...(from === '' ? {} : attribute(2, 'AWS.SNS.SMS.SenderID', from)),
      }).toString()
      const region = /^sns\.([a-z0-9-]+)\./.exec(new URL(origin).hostname)?.[1] ?? 'us-east-1'
      const client = new AwsClient({ accessKeyId: user, secretAccessKey: password, service: 'sns', region })
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return client.sign(`${origin}/`, { method: 'POST', body, headers })
    },
  },
  /** Any other: the message as JSON. */
  webhook: { request: async (account, message) => hookRequest(account, message) },
}

const hookRequest = (account: ProviderAccount, { channel, to, text, language }: HookMessage): Request =>
  new Request(`${account.origin}${account.path}`, {
    method: 'POST',
    body: JSON.stringify({ channel, to, text, language, ...(account.from === '' ? {} : { from: account.from }) }),
    headers: {
      'content-type': 'application/json',
      ...(account.user === '' ? {} : { authorization: basic(account) }),
    },
  })

const MILLISECONDS = 10_000

/** Sends a message. Throws an error with a `code` that names neither number nor text. */
export async function sendToPhone(name: string, account: ProviderAccount, message: PhoneMessage): Promise<void> {
  const provider = PROVIDERS[name]
  const request = await provider?.request(account, message)
  if (request === undefined) throw failure(`${name} has no ${message.channel} messages`, 'ENOCHANNEL')
  const body = await answerOf(name, request)
  const refusal = provider?.refusal?.(body)
  if (refusal !== undefined) throw failure(`${name} refused the message: ${refusal}`, `EREFUSED${refusal}`)
}

/** Hands a message to a webhook. Throws as `sendToPhone`. */
export const sendByWebhook = async (account: ProviderAccount, message: HookMessage): Promise<void> =>
  void (await answerOf('webhook', hookRequest(account, message)))

async function answerOf(name: string, request: Request): Promise<string> {
  const answer = await fetch(request, { signal: AbortSignal.timeout(MILLISECONDS), redirect: 'error' }).catch(
    (cause: unknown) => {
      throw failure(`${name} cannot be reached`, 'ECONNECTION', cause)
    },
  )
  const body = await answer.text()
  if (!answer.ok) throw failure(`${name} answered ${answer.status}`, `E${answer.status}`)
  return body
}

const failure = (text: string, code: string, cause?: unknown): Error =>
  Object.assign(new Error(text, { cause }), { code })

/** Reads an address like `twilio://user:password@api.twilio.com?from=+15005550006`. Throws USAGE without showing it. */
export function accountIn(name: string, address: string): { readonly name: string; readonly account: ProviderAccount } {
  const [, scheme = '', plain, rest = ''] = /^([a-z]+)(\+http)?:\/\/(.+)$/.exec(address) ?? []
  const url = URL.parse(`${plain === undefined ? 'https' : 'http'}://${rest}`)
  if (!Object.hasOwn(PROVIDERS, scheme) || url === null)
    throw new PlumblineError(
      'USAGE',
      `${name} has to look like twilio://user:password@api.twilio.com?from=+15005550006`,
      {
        help: `The providers are ${Object.keys(PROVIDERS).join(', ')}.`,
      },
    )
  return {
    name: scheme,
    account: {
      origin: url.origin,
      path: url.pathname,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      // A plus sign of a query is a blank, and every number begins with one.
      from: (url.searchParams.get('from') ?? '').replace(/^ /, '+'),
    },
  }
}
