import { configOf } from './messages.ts'

/** What `bankid-view.ts` writes. */
interface Config {
  readonly status: string
  /** Address of the picture; absent where a link starts the app. */
  readonly picture?: string
}

/** What the page asks for: whether to go on waiting, and what to say meanwhile. */
interface Answer {
  readonly waits: boolean
  readonly text: string
}

/** The picture is another one each second; the state changes at most every two. */
const TICK_MILLISECONDS = 1000
const TICKS_OF_STATE = 2
const GONE: ReadonlySet<number> = new Set([401, 403, 404])

const place = document.getElementById('state')
const form = document.querySelector('form')
const picture = document.querySelector<HTMLImageElement>('.qr img')

/** Loads the next picture before it takes the place of the last one, so that the page does not flicker. */
async function turn(address: string, count: number): Promise<void> {
  const next = new Image()
  next.src = `${address}&at=${count}`
  await next.decode()
  if (picture) picture.src = next.src
}

/** What is said changes only when it is another text: screen readers announce each change. */
async function ask(address: string): Promise<boolean> {
  const answer = await fetch(address, { headers: { accept: 'application/json' } })
  if (GONE.has(answer.status)) return false
  if (!answer.ok) return true
  const { waits, text } = (await answer.json()) as Answer
  if (place && place.textContent !== text) place.textContent = text
  return waits
}

async function follow({ status, picture: address }: Config): Promise<void> {
  for (let count = 1; ; count++) {
    await new Promise((done) => setTimeout(done, TICK_MILLISECONDS))
    // A network that is not there for a moment ends nothing.
    if (address !== undefined) await turn(address, count).catch(() => undefined)
    const waits = count % TICKS_OF_STATE !== 0 || (await ask(status).catch(() => true))
    if (!waits) return form?.requestSubmit()
  }
}

if (place) follow(configOf<Config>(place))
