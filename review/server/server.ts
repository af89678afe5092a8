import Fastify, { type FastifyInstance } from 'fastify'
import { toPlumblineError } from '../../config/errors.ts'
import { type Delivery, deliveryOf } from '../../forge/webhook.ts'
import { GLOBAL } from '../../identity/store/store.ts'
import type { Secret } from '../../reconciler/secret.ts'
import { attend } from './attend.ts'
import type { Desk } from './context.ts'
import { enqueuePull, workOff } from './queue.ts'
import { commentKey, MANY, markSeen, PULLS, pullState, shownOf, wasSeen } from './state.ts'

const LOOK_MS = 5_000
/** GitHub sends at most 25 MB. */
const MOST_BYTES = 25 * 1024 * 1024

export interface Server {
  readonly app: FastifyInstance
  /** Looks at every open pull request, and at what was left undone, and works from now on. Throws as the forge does. */
  start(): Promise<void>
  /** Resolves when nothing is left to do that is due. */
  settled(): Promise<void>
  /** What is under way comes to its end first. */
  close(): Promise<void>
}

/** Takes webhooks, puts down what they ask for, and works it off. An acknowledged webhook is not lost. */
export function reviewServer(desk: Desk, secret: Secret): Server {
  const app = Fastify({ bodyLimit: MOST_BYTES })
  let running = Promise.resolve()
  const work = async (): Promise<void> => {
    const failed = await workOff(desk.store, desk.now, (pull, commands) => attend(desk, pull, commands))
    for (const { pull, error } of failed)
      desk.log(`pull request ${pull} comes again: ${toPlumblineError(error).message}`)
  }
  const wake = (): Promise<void> => {
    running = running.then(work).catch((error) => desk.log(`what is to be done could not be read: ${error.message}`))
    return running
  }
  let timer: NodeJS.Timeout | undefined
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.post('/webhook', async (request, reply) => {
    try {
      const delivery = await deliveryOf(request.headers, String(request.body ?? ''), secret)
      if (delivery !== undefined) await take(desk, delivery)
      void wake()
      return reply.code(202).send({ ok: true })
    } catch (thrown) {
      const { code, message } = toPlumblineError(thrown)
      const status = STATUS[code] ?? 500
      if (status === 500) desk.log(`a webhook could not be taken: ${message}`)
      return reply.code(status).send({ error: { code, message: status === 500 ? 'try again' : message } })
    }
  })
  app.get('/healthz', async () => desk.store.ping().then(() => ({ ok: true })))
  return {
    app,
    start: async () => {
      // Whoever may not ask for rights could obey nobody: better known now.
      await desk.forge.permissionOf(await desk.forge.account())
      await putDownAll(desk)
      timer = setInterval(() => void wake(), LOOK_MS)
      void wake()
    },
    settled: () => wake(),
    close: async () => {
      clearInterval(timer)
      await app.close()
      await running
    },
  }
}

const STATUS: Readonly<Record<string, number>> = { UNAUTHENTICATED: 401, INVALID_DOCUMENT: 400 }

/** What was taken once is not taken again; a repository of somebody else is nothing to us. */
async function take(
  { store, forge, now, log }: Desk,
  { id, repository, pullRequest, comment }: Delivery,
): Promise<void> {
  if (repository.toLowerCase() !== forge.repository.toLowerCase()) return log(`a webhook of ${repository} is not ours`)
  const key = comment === undefined ? `delivery ${id}` : commentKey(comment.id)
  if (await wasSeen(store, key)) return
  const state = await pullState(store, pullRequest)
  const shown = state === undefined ? {} : { shown: shownOf(state) }
  await enqueuePull(
    store,
    now(),
    pullRequest,
    comment && { comment: comment.id, author: comment.author, body: comment.body, ...shown },
  )
  // A command is seen once it is done.
  if (comment === undefined) await markSeen(store, key)
}

/** While nobody listened, pull requests may have come, moved and gone. */
async function putDownAll({ store, forge, now }: Desk): Promise<void> {
  const open = (await forge.openPullRequests()).map(({ number }) => number)
  const { items } = await store.find(PULLS, GLOBAL, { where: { open: true }, limit: MANY })
  for (const number of new Set([...open, ...items.map(({ id }) => Number(id))])) await enqueuePull(store, now(), number)
}
