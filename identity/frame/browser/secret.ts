import type { JSONWebKeySet } from 'jose'
import { argon2id } from '../../proof/argon2-browser.ts'
import { type ProofAttempt, ProofClient, webTools } from '../../proof/client.ts'
import type { LoginSecret, Steps } from '../../proof/secret-bytes.ts'
import type { ChallengeOccasion, CommitmentOccasion } from '../../proof/transcript.ts'
import { call, proceed, RefusedCall, type SignedInAnswer } from './call.ts'
import { busy, configOf, isBusy, type PageTexts, problemText, showProblem, wordsFor } from './messages.ts'
import { type Screen, Screens } from './screens.ts'

/** What `secret-form.ts` writes. The facts that are there depend on the mode. */
interface Config {
  readonly mode: 'login' | 'register' | 'reset' | 'change' | 'email'
  readonly csrf: string
  readonly next: string
  readonly tenant: string
  readonly steps: Steps
  readonly refusesWeak: boolean
  /** Language of the times inside texts. */
  readonly lang: string
  readonly texts: PageTexts
  readonly authReqId: string
  readonly username?: string
  readonly second: string
  readonly sessionId: string
}

interface Challenge {
  readonly attempt: ProofAttempt
  readonly opened: Awaited<ReturnType<ProofClient['open']>>
}

/** Contract ChallengeResponse. */
interface Answer {
  readonly challenge_data: string
  readonly proto_version: string
}

const sameSteps = (a: Steps, b: Steps): boolean => a.pin === b.pin && a.pattern === b.pattern

class SecretPage {
  readonly #form: HTMLFormElement
  readonly #config: Config
  readonly #screens: Screens
  #client: ProofClient | undefined
  #at = 0

  constructor(form: HTMLFormElement) {
    this.#form = form
    this.#config = configOf<Config>(form)
    const username = () => this.#config.username ?? this.field('username')
    this.#screens = new Screens(form, { ...this.#config, username })
  }

  start(): void {
    const actions = this.#form.querySelector<HTMLElement>('.actions')
    if (actions) actions.hidden = false
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      if (!isBusy(this.#button)) this.#goOn()
    })
    this.#back.addEventListener('click', () => this.#show(this.#at - 1))
    this.#show(0)
    const { mode } = this.#config
    if (mode === 'login' || mode === 'email')
      this.#fit(mode).catch((error: unknown) => showProblem(this.#problem(error)))
  }

  /** A challenge says which steps this person's secret has: older ones keep theirs when the tenant changes. */
  async #fit(purpose: ChallengeOccasion['purpose']): Promise<void> {
    const { opened } = await this.#challenge(purpose)
    if (sameSteps(opened.steps, this.#config.steps)) return
    this.#screens.fit(opened.steps)
    this.#show(0)
  }

  get #button(): HTMLButtonElement {
    return this.#form.querySelector('.actions .main') as HTMLButtonElement
  }

  get #back(): HTMLButtonElement {
    return this.#form.querySelector('[data-back]') as HTMLButtonElement
  }

  /** Shows one screen; the focus goes to it, so that screen readers say what is asked. */
  #show(index: number): void {
    const { all } = this.#screens
    this.#at = index
    for (const [i, screen] of all.entries()) screen.element.hidden = i !== index
    this.#back.hidden = index === 0
    const { next = '', last = '' } = this.#button.dataset
    this.#button.textContent = index === all.length - 1 ? last : next
    this.#progress(index + 1, all.length)
    all[index]?.focus()
  }

  #progress(step: number, steps: number): void {
    const place = document.getElementById('progress')
    if (!place) return
    place.hidden = steps === 1
    place.textContent = wordsFor(this.#config.texts, 'secret.progress', { step, steps })
  }

  #goOn(): void {
    const { all } = this.#screens
    const screen = all[this.#at]
    const problem = screen?.problem()
    showProblem(problem ?? '')
    if (screen && problem !== undefined) this.#repeat(screen)
    else if (this.#at < all.length - 1) this.#show(this.#at + 1)
    else this.#send()
  }

  /** A secret that is wrong is entered anew; one that differs from the first is chosen anew. */
  #repeat(screen: Screen): void {
    screen.clear()
    if (screen.element.dataset.occasion === 'again') {
      this.#screens.all[this.#at - 1]?.clear()
      this.#show(this.#at - 1)
    }
    screen.focus()
  }

  #send(): void {
    const { mode, texts } = this.#config
    busy(this.#button, texts['common.working'] ?? '', () => SENDERS[mode](this)).catch((error: unknown) =>
      this.#refuse(error),
    )
  }

  /** Goes back to the step that is at fault: a field that the service names or that holds the code, else the secret. */
  #refuse(error: unknown): void {
    const { mode, texts } = this.#config
    const { all } = this.#screens
    const field = fieldOf(error, mode)
    const place = all.findIndex(({ element }) => field !== undefined && element.querySelector(`[name="${field}"]`))
    const named = texts[`error.${field}_refused`]
    showProblem(
      place >= 0 && error instanceof RefusedCall && error.status === 422 && named ? named : this.#problem(error),
    )
    if (place < 0) for (const screen of all) screen.clear()
    const screen = place >= 0 ? place : all.findIndex(({ element }) => element.dataset.kind !== 'fields')
    all[screen]?.blame(field)
    this.#show(screen)
  }

  #problem(error: unknown): string {
    const { texts, lang, mode } = this.#config
    return problemText(error, texts, lang, REFUSED[mode])
  }

  get config(): Config {
    return this.#config
  }

  get secret(): LoginSecret {
    return this.#screens.secret
  }

  field(name: string): string {
    return (this.#form.elements.namedItem(name) as HTMLInputElement).value.trim()
  }

  async client(): Promise<ProofClient> {
    if (this.#client) return this.#client
    const answer = await fetch(`/${this.#config.tenant}/oidc/jwks`)
    if (!answer.ok) throw new RefusedCall(answer.status, 0)
    const jwks = (await answer.json()) as JSONWebKeySet
    this.#client = new ProofClient(webTools(argon2id), { tenantId: this.#config.tenant, jwks })
    return this.#client
  }

  /** A new secret, sealed for an occasion. */
  async commitment(username: string, occasion: CommitmentOccasion) {
    return (await this.client()).commitment(username, this.#config.steps, this.secret, occasion)
  }

  /** The answer to a fresh challenge. */
  async answer(occasion: ChallengeOccasion) {
    const { attempt, opened } = await this.#challenge(occasion.purpose)
    const { username = '' } = this.#config
    const fields = await (await this.client()).answer(attempt, opened, username, this.secret, occasion)
    return { ...fields, username, cipherKey: attempt.cipherKey }
  }

  async #challenge(purpose: ChallengeOccasion['purpose']): Promise<Challenge> {
    const { username, authReqId, tenant, csrf } = this.#config
    const client = await this.client()
    const attempt = await client.begin()
    const address =
      purpose === 'email'
        ? `/${tenant}/account/email/challenge`
        : `/v1/login/challenge?${new URLSearchParams({ auth_req_id: authReqId })}`
    const answer = await call<Answer>(address, { username, cipherKey: attempt.cipherKey }, csrf)
    return { attempt, opened: await client.open(attempt, answer) }
  }
}

/** What a refusal (401) means to each form. */
const REFUSED: Readonly<Record<Config['mode'], string>> = {
  login: 'error.refused',
  register: 'error.expired',
  reset: 'error.refused_code',
  change: 'error.signed_out',
  email: 'error.refused',
}

/** The field that a refusal is about: the one that the service names, or the code of a reset. */
function fieldOf(error: unknown, mode: Config['mode']): string | undefined {
  if (!(error instanceof RefusedCall)) return undefined
  return mode === 'reset' && error.status === 401 ? 'code' : error.field
}

/** What is sent at the end of each form. */
const SENDERS: Readonly<Record<Config['mode'], (page: SecretPage) => Promise<void>>> = {
  login: async (page) => {
    const { authReqId, csrf, next, second } = page.config
    const body = await page.answer({ purpose: 'login', handle: authReqId })
    const address = `/v1/login/authenticate?${new URLSearchParams({ auth_req_id: authReqId })}`
    proceed(await call<SignedInAnswer>(address, body, csrf), authReqId, next, second)
  },
  register: async (page) => {
    const { authReqId, csrf, next } = page.config
    const username = page.field('username')
    const fields = await page.commitment(username, { purpose: 'register', handle: authReqId })
    const email = page.field(document.getElementById('email') ? 'email' : 'username')
    const address = `/v1/login/register?${new URLSearchParams({ auth_req_id: authReqId })}`
    const more = document.getElementById('mobile_number') ? { mobile_number: page.field('mobile_number') } : {}
    await call(address, { username, email, ...more, ...fields }, csrf)
    location.assign(next)
  },
  reset: async (page) => {
    const { csrf, next, tenant } = page.config
    const [username, code] = [page.field('username'), page.field('code')]
    const fields = await page.commitment(username, { purpose: 'reset', handle: code })
    await call(`/v1/password/reset?${new URLSearchParams({ tenant_id: tenant })}`, { username, code, ...fields }, csrf)
    location.assign(next)
  },
  change: async (page) => {
    const { csrf, next, username = '', sessionId, tenant } = page.config
    const fields = await page.commitment(username, { purpose: 'change', handle: sessionId })
    await call(`/${tenant}/account/secret`, fields, csrf)
    location.assign(next)
  },
  email: async (page) => {
    const { csrf, sessionId, tenant } = page.config
    const email = page.field('email')
    const { challenge_id, challenge_data } = await page.answer({ purpose: 'email', handle: sessionId, newEmail: email })
    const address = `/${tenant}/account/email`
    const { next } = await call<{ next: string }>(address, { challenge_id, challenge_data, email }, csrf)
    location.assign(next)
  },
}

const form = document.getElementById('secret')
if (form instanceof HTMLFormElement) new SecretPage(form).start()
