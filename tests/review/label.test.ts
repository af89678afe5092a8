import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Forge, PullRequest } from '../../forge/model.ts'
import { openStore } from '../../identity/store/open.ts'
import type { Store } from '../../identity/store/store.ts'
import type { Desk } from '../../review/server/context.ts'
import { CONSENT_LABEL, takeLabel } from '../../review/server/label.ts'
import { PULLS, type PullState, pullState, put } from '../../review/server/state.ts'

const PULL: PullRequest = {
  number: 7,
  title: 'Shorter PINs',
  body: '',
  author: 'alice',
  state: 'open',
  draft: false,
  head: { branch: 'change', commit: 'a'.repeat(40) },
  base: { branch: 'main', commit: 'b'.repeat(40) },
  isFork: false,
  labels: [CONSENT_LABEL],
  url: 'https://git.example/pull/7',
}

const STATE: PullState = {
  id: '7',
  open: true,
  base: PULL.base.commit,
  head: PULL.head.commit,
  trust: PULL.base.commit,
  verdict: 'weakens',
  weakenings: 'four digits',
  objects: [],
  locks: true,
  planned: [],
  plans: {},
  live: false,
  unplanned: [],
  annotations: [],
  text: '**It becomes weaker.**',
  title: 'It becomes weaker.',
  conclusion: 'action required',
  shown: { weakenings: 'four digits', at: '2026-01-01T12:00:00Z' },
}

describe('the label of consent', () => {
  let store: Store
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-label-'))
    store = await openStore(folder)
    onTestFinished(async () => {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    })
  })

  /** Who has agreed after a look at a pull request. */
  async function agreed(pull: Partial<PullRequest>, state: Partial<PullState>, by: string, at: string) {
    await put(store, PULLS, { ...STATE, ...state })
    const comment = { id: 1, author: 'bot', body: '', url: '', updatedAt: at }
    const forge = {
      labelled: async () => ({ by, at }),
      permissionOf: async (login: string) => (login === 'alice' ? 'write' : 'read'),
      account: async () => 'bot',
      comments: async () => [],
      createComment: async () => comment,
      report: async () => undefined,
    } as unknown as Forge
    const desk = { forge, store, live: false, branch: 'main', log: () => {}, now: Date.now } as unknown as Desk
    await takeLabel(desk, { ...PULL, ...pull })
    return (await pullState(store, PULL.number))?.consent
  }
  const LATER = '2026-01-01T12:00:05Z'

  it('of somebody who may write counts for what the comment says', async () => {
    expect(await agreed({}, {}, 'alice', LATER)).toEqual({ by: 'alice', to: 'four digits' })
  })

  it.each<[string, Partial<PullRequest>, Partial<PullState>, string, string]>([
    ['given by somebody who may not write', {}, {}, 'mallory', LATER],
    ['given before the comment said so', {}, {}, 'alice', '2026-01-01T11:59:59Z'],
    ['given to something else that became weaker', {}, { weakenings: 'no PIN at all' }, 'alice', LATER],
    ['that was taken away', { labels: [] }, {}, 'alice', LATER],
    ['on what makes nothing weaker', {}, { verdict: 'safe' }, 'alice', LATER],
    ['on what was never shown', {}, { shown: { weakenings: 'other', at: LATER } }, 'alice', LATER],
  ])('%s says nothing', async (_what, pull, state, by, at) => {
    expect(await agreed(pull, state, by, at)).toBeUndefined()
  })
})
