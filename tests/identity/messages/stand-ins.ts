import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A message that a stand-in took. */
interface Taken {
  readonly to: string
  readonly text: string
}

/** What a request of a provider's API is, and what it answers. */
interface Told {
  readonly request: IncomingMessage
  readonly body: string
}
interface Reply {
  readonly status: number
  readonly body: string
  readonly taken?: Taken
}

const json = (status: number, body: object, taken?: Taken): Reply => ({
  status,
  body: JSON.stringify(body),
  ...(taken ? { taken } : {}),
})
const basicOf = ({ headers }: IncomingMessage): string =>
  Buffer.from(String(headers.authorization).replace('Basic ', ''), 'base64').toString()

/** The wire of each provider, as it publishes it. The account is `AC1` with the password `secret`. */
const WIRES: Readonly<Record<string, (told: Told) => Reply>> = {
  // https://www.twilio.com/docs/messaging/api/message-resource and /docs/voice/api/call-resource
  twilio: ({ request, body }) => {
    const form = new URLSearchParams(body)
    if (basicOf(request) !== 'AC1:secret') return json(401, { code: 20003, message: 'Authenticate', status: 401 })
    const kind = /^\/2010-04-01\/Accounts\/AC1\/(Messages|Calls)\.json$/.exec(request.url ?? '')?.[1]
    const text = form.get(kind === 'Calls' ? 'Twiml' : 'Body')
    const [to, from] = [form.get('To'), form.get('From')]
    if (kind === undefined || to === null || text === null || from === null)
      return json(400, { code: 21604, message: "A 'To' phone number is required.", status: 400 })
    return json(201, { sid: 'SM1', status: 'queued', to, from }, { to, text })
  },
  // https://developer.vonage.com/en/api/sms: refusals come with status 200
  vonage: ({ request, body }) => {
    const form = new URLSearchParams(body)
    const refuse = (status: string) => json(200, { 'message-count': '1', messages: [{ status, 'error-text': 'no' }] })
    if (request.url !== '/sms/json') return json(404, {})
    if (form.get('api_key') !== 'AC1' || form.get('api_secret') !== 'secret') return refuse('4')
    const [to, text] = [form.get('to') ?? '', form.get('text') ?? '']
    if (!/^[1-9]\d+$/.test(to) || text === '' || form.get('from') === null) return refuse('3')
    return json(200, { 'message-count': '1', messages: [{ to, 'message-id': '1', status: '0' }] }, { to, text })
  },
  // https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
  sns: ({ request, body }) => {
    const form = new URLSearchParams(body)
    const signed =
      /^AWS4-HMAC-SHA256 Credential=AC1\/\d{8}\/[a-z0-9-]+\/sns\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/
    if (!signed.test(String(request.headers.authorization)))
      return { status: 403, body: '<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>' }
    const [to, text] = [form.get('PhoneNumber'), form.get('Message')]
    if (form.get('Action') !== 'Publish' || form.get('Version') !== '2010-03-31' || to === null || text === null)
      return { status: 400, body: '<ErrorResponse><Error><Code>InvalidParameter</Code></Error></ErrorResponse>' }
    return { status: 200, body: '<PublishResponse/>', taken: { to, text } }
  },
  webhook: ({ request, body }) => {
    if (basicOf(request) !== 'AC1:secret') return json(401, {})
    const { to, text } = JSON.parse(body)
    return json(204, {}, { to, text })
  },
}

/** A stand-in of a provider of text messages: it remembers what it took. */
export async function openStandIn(name: string) {
  const taken: Taken[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const reply = WIRES[name]?.({ request, body: Buffer.concat(parts).toString() })
    if (reply?.taken) taken.push(reply.taken)
    response.statusCode = reply?.status ?? 404
    response.end(reply?.status === 204 ? undefined : reply?.body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    taken,
    /** The address of the settings. */
    address: (password = 'secret') => `${name}+http://AC1:${password}@127.0.0.1:${port}/hook?from=+15005550006`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
