import { isPattern, type LoginSecret, type Steps } from '../../proof/secret-bytes.ts'
import { isWeakPattern, isWeakPin } from '../weak-secrets.ts'
import { type PageTexts, wordsFor } from './messages.ts'
import { PatternGrid } from './pattern-grid.ts'
import { PinPad } from './pin-pad.ts'

const SMALLEST_SIDE = 3

/** One screen of the form; they are shown one after the other. */
export interface Screen {
  readonly element: HTMLElement
  /** What is wrong with what was entered, for the person; `undefined` when nothing is. */
  problem(): string | undefined
  focus(): void
  clear(): void
  /** Marks a field, or what there is, as wrong. */
  blame(field?: string): void
}

interface Entry {
  readonly steps: Steps
  readonly texts: PageTexts
  /** A new secret that is easy to guess is refused. */
  readonly refusesWeak: boolean
  /** Whose secret it is. */
  readonly username: () => string
}

/** The screens of a form and the secret that they take. */
export class Screens {
  readonly #refusesWeak: boolean
  readonly #username: () => string
  readonly #all: readonly Screen[]
  readonly #texts: PageTexts
  readonly #pins = new Map<string, PinPad>()
  readonly #grids = new Map<string, PatternGrid>()

  #steps: Steps

  constructor(form: HTMLFormElement, { steps, texts, refusesWeak, username }: Entry) {
    this.#username = username
    this.#refusesWeak = refusesWeak
    this.#texts = texts
    this.#steps = steps
    this.#all = [...form.querySelectorAll<HTMLElement>('.screen')].map((element) => this.#screenOf(element))
  }

  /** The screens that are asked for, in their order. */
  get all(): readonly Screen[] {
    return this.#all.filter(({ element: { dataset } }) => dataset.kind === 'fields' || this.#asks(dataset.kind))
  }

  get secret(): LoginSecret {
    const pin = (this.#pins.get('known') ?? this.#pins.get('new'))?.value
    const pattern = (this.#grids.get('known') ?? this.#grids.get('new'))?.cells
    return {
      ...(this.#steps.pin === undefined || pin === undefined ? {} : { pin }),
      ...(this.#steps.pattern === undefined || pattern === undefined ? {} : { pattern }),
    }
  }

  /** Asks for the steps and sizes that this person's secret was made with. */
  fit(steps: Steps): void {
    this.#steps = steps
    for (const { element } of this.#all) element.hidden = true
    if (steps.pattern !== undefined) this.#grids.get('known')?.resize(steps.pattern)
    if (steps.pin !== undefined) this.#fitPin(steps.pin)
  }

  #fitPin(size: number): void {
    this.#pins.get('known')?.resize(size)
    const hint = document.getElementById('pin-known-hint')
    if (hint) hint.textContent = wordsFor(this.#texts, 'secret.pin.hint', { size })
  }

  #asks(kind: string | undefined): boolean {
    return (kind === 'pin' ? this.#steps.pin : this.#steps.pattern) !== undefined
  }

  #screenOf(element: HTMLElement): Screen {
    const { kind, occasion = '' } = element.dataset
    if (kind === 'pin') return this.#pinScreen(element, occasion)
    return kind === 'pattern' ? this.#patternScreen(element, occasion) : this.#fieldScreen(element)
  }

  #pinScreen(element: HTMLElement, occasion: string): Screen {
    const pad = new PinPad(element)
    this.#pins.set(occasion, pad)
    const problem = () => {
      if (pad.value.length !== pad.size) return wordsFor(this.#texts, 'error.pin', { size: pad.size })
      if (this.#refuses(occasion) && isWeakPin(pad.value, this.#username())) return this.#texts['error.pin_weak']
      const differs = occasion === 'again' && pad.value !== this.#pins.get('new')?.value
      return differs ? this.#texts['error.different'] : undefined
    }
    return { element, problem, focus: () => pad.focus(), clear: () => pad.clear(), blame: () => pad.blame() }
  }

  #patternScreen(element: HTMLElement, occasion: string): Screen {
    const { 'secret.pattern.cell': cell = '', 'secret.pattern.joined': joined = '' } = this.#texts
    const grid = new PatternGrid(element, this.#steps.pattern ?? SMALLEST_SIDE, { cell, joined })
    this.#grids.set(occasion, grid)
    const problem = () => {
      if (!isPattern(grid.side, grid.cells)) return this.#texts['error.pattern']
      if (this.#refuses(occasion) && isWeakPattern(grid.side, grid.cells)) return this.#texts['error.pattern_weak']
      const differs = occasion === 'again' && String(grid.cells) !== String(this.#grids.get('new')?.cells)
      return differs ? this.#texts['error.different'] : undefined
    }
    return { element, problem, focus: () => grid.focus(), clear: () => grid.clear(), blame: () => undefined }
  }

  #fieldScreen(element: HTMLElement): Screen {
    const fields = [...element.querySelectorAll('input')]
    const differs = ({ name, value }: HTMLInputElement) =>
      name.endsWith('_again') && value.trim() !== fields.find((field) => `${field.name}_again` === name)?.value.trim()
    const bad = () => fields.find((field) => !field.checkValidity() || differs(field))
    const blame = (name?: string) => {
      for (const each of fields) markField(each, each.name === name)
    }
    const problem = () => {
      const field = bad()
      blame(field?.name)
      if (field === undefined) return undefined
      const isForm = field.validity.patternMismatch ? '_refused' : ''
      return this.#texts[`error.${field.name}${isForm}`] ?? this.#texts['error.secret']
    }
    const focus = () => (fields.find((each) => each.ariaInvalid === 'true') ?? bad() ?? fields[0])?.focus()
    return { element, problem, focus, clear: () => undefined, blame }
  }

  /** Only what is chosen is judged: a secret that somebody has is theirs. */
  #refuses(occasion: string): boolean {
    return this.#refusesWeak && occasion === 'new'
  }
}

/** What is wrong with a field stands in `problem`, which a field that is wrong is described by. */
function markField(field: HTMLInputElement, isWrong: boolean): void {
  const others = (field.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id !== '' && id !== 'problem')
  field.setAttribute('aria-invalid', String(isWrong))
  field.setAttribute('aria-describedby', [...others, ...(isWrong ? ['problem'] : [])].join(' '))
}
