import { toPlumblineError } from '../../config/errors.ts'
import { code } from '../../config/text/markdown.ts'
import type { PullRequest } from '../../forge/model.ts'
import { stick } from '../sticky.ts'
import { applyPull, elsewhere } from './applying.ts'
import { explained } from './command-line.ts'
import { HELP, type Request, requestIn } from './commands.ts'
import type { Desk } from './context.ts'
import { lookAtPull } from './look-at-pull.ts'
import { tellPull } from './publish.ts'
import { enqueuePull } from './queue.ts'
import {
  answeredOnce,
  type Command,
  commentKey,
  lockObjects,
  markSeen,
  PULLS,
  pullState,
  put,
  rivalsOf,
  shownOf,
  wasSeen,
} from './state.ts'

/** Does what is asked of one pull request, as it stands now, whatever the order in which news of it came. */
export async function attend(desk: Desk, number: number, commands: readonly Command[]): Promise<void> {
  const pull = await found(desk, number)
  if (pull === undefined) return
  const asked = await permitted(desk, commands)
  await lookAtPull(
    desk,
    pull,
    asked.some(({ request }) => request.what === 'plan'),
  )
  for (const { command, request } of asked) {
    const key = commentKey(command.comment)
    const text = await answeredOnce(desk.store, key, () => answerTo(desk, pull, command, request))
    if (text !== undefined) await stick(desk.forge, pull.number, `<!-- plumbline answer ${command.comment} -->`, text)
    await markSeen(desk.store, key)
  }
}

/** A pull request that is gone is nothing to do. */
async function found(desk: Desk, number: number): Promise<PullRequest | undefined> {
  try {
    return await desk.forge.pullRequest(number)
  } catch (thrown) {
    const error = toPlumblineError(thrown)
    if (error.code !== 'NOT_FOUND') throw error
    desk.log(error.message)
    return undefined
  }
}

interface Asked {
  readonly command: Command
  readonly request: Request
}

/** Commands of people who may write now, each once. Others get no answer that anybody could flood with. */
async function permitted({ forge, store }: Desk, commands: readonly Command[]): Promise<readonly Asked[]> {
  const asked: Asked[] = []
  for (const command of commands) {
    const request = requestIn(command.body)
    if (request === undefined || (await wasSeen(store, commentKey(command.comment)))) continue
    const right = await forge.permissionOf(command.author)
    const may = right === 'write' || right === 'admin'
    await forge.react(command.comment, may ? 'heard' : 'refused')
    if (may) asked.push({ command, request })
    else await markSeen(store, commentKey(command.comment))
  }
  return asked
}

type Answers = {
  readonly [What in Request['what']]: (
    desk: Desk,
    pull: PullRequest,
    command: Command,
    request: Extract<Request, { what: What }>,
  ) => Promise<string | undefined>
}

const CHANGED = '**Nothing was done:** the review has changed since your comment. Look at it, and comment again.'

const ANSWERS: Answers = {
  // The look has made it.
  plan: async () => undefined,
  unknown: async () => `There is no such command. There are ${HELP}.`,
  apply: async (desk, pull, command) => ((await isShown(desk, pull, command)) ? applyPull(desk, pull) : CHANGED),
  'approve weakening': consent,
  unlock,
  explain: async (desk, pull, _command, request) => {
    if (!desk.live) return 'This server reviews documents only.'
    // Another branch has not been reviewed: it decides nothing.
    if (pull.base.branch !== desk.branch) return elsewhere(desk)
    try {
      return await explained(desk.work, await desk.work.mirror.fetch(pull), request)
    } catch (error) {
      return code(toPlumblineError(error).message)
    }
  },
}

const answerTo = (desk: Desk, pull: PullRequest, command: Command, request: Request): Promise<string | undefined> =>
  ANSWERS[request.what](desk, pull, command, request as never)

/** Whether somebody saw what there is now when they commented. */
async function isShown({ store }: Desk, pull: PullRequest, { shown }: Command): Promise<boolean> {
  const state = await pullState(store, pull.number)
  return state !== undefined && shownOf(state) === shown
}

async function consent(desk: Desk, pull: PullRequest, command: Command): Promise<string | undefined> {
  const state = await pullState(desk.store, pull.number)
  if (state === undefined || !(await isShown(desk, pull, command))) return CHANGED
  if (state.verdict !== 'weakens') return 'There is nothing to approve: no login becomes weaker.'
  const agreed = { ...state, consent: { by: command.author, to: state.weakenings } }
  await put(desk.store, PULLS, agreed)
  desk.log(`${command.author} agrees to weaker logins in pull request ${pull.number} at ${state.head}`)
  await tellPull(desk, pull, agreed)
  // It was all that the merge waited for.
  return pull.state === 'merged' && desk.appliesOnMerge ? applyPull(desk, pull) : undefined
}

/** Gives the locks back: others may go first. */
async function unlock(desk: Desk, pull: PullRequest): Promise<string | undefined> {
  const state = await pullState(desk.store, pull.number)
  if (state === undefined || !state.open) return 'It holds no locks.'
  await lockObjects(desk.store, pull.number, [])
  const unlocked = { ...state, unlocked: true } as const
  await put(desk.store, PULLS, unlocked)
  for (const rival of await rivalsOf(desk.store, state)) await enqueuePull(desk.store, desk.now(), rival.pull)
  await tellPull(desk, pull, unlocked)
  return 'Its locks are given back. `plumbline plan` takes them again.'
}
