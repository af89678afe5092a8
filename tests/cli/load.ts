import { Agent, request } from 'undici'

/**
 * Clients with keep-alive connections: each writes documents as fast as it can until the readiness at the first argument is gone, or the
 * process of the service is. Prints `ready` once every client had an answer, then one JSON line at the end.
 */
const [url = '', key = '', clients = '8'] = process.argv.slice(2)
const dispatcher = new Agent({ connections: Number(clients), pipelining: 1 })
const headers = { 'x-api-key': key, 'content-type': 'application/json' }
const seen: Record<string, number> = {}
let [going, answered] = [true, 0]

async function client(name: number): Promise<void> {
  for (let i = 0; going; i++) {
    const body = JSON.stringify({ organization_id: `o-${name}-${i}` })
    const outcome = await request(`${url}/v1/organizations`, { method: 'POST', headers, body, dispatcher }).then(
      async (answer) => {
        await answer.body.dump()
        return String(answer.statusCode)
      },
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    )
    seen[outcome] = (seen[outcome] ?? 0) + 1
    if (i === 0 && ++answered === Number(clients)) process.stdout.write('ready\n')
  }
}

async function watchReadiness(): Promise<void> {
  while (going) {
    const answer = await request(`${url}/readyz`, { dispatcher })
    await answer.body.dump()
    going = answer.statusCode === 200
  }
}

await Promise.all([watchReadiness(), ...Array.from({ length: Number(clients) }, (_, n) => client(n))])
await dispatcher.close()
process.stdout.write(`${JSON.stringify(seen)}\n`)
