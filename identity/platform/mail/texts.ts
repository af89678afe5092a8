import { filled } from '../filled.ts'
import type { Mail } from './outbox.ts'
import { GERMAN_MAILS, GERMAN_NOTES } from './translations/de.ts'
import { ENGLISH_MAILS, ENGLISH_NOTES } from './translations/en.ts'
import { SPANISH_MAILS, SPANISH_NOTES } from './translations/es.ts'
import { FRENCH_MAILS, FRENCH_NOTES } from './translations/fr.ts'
import { DUTCH_MAILS, DUTCH_NOTES } from './translations/nl.ts'
import { SWEDISH_MAILS, SWEDISH_NOTES } from './translations/sv.ts'

export type MailName = keyof typeof ENGLISH_MAILS
export type NoteName = keyof typeof ENGLISH_NOTES

/** All mails in one language: subject, then as many paragraphs as the English one has. */
export type MailTexts = { readonly [N in MailName]: SameLength<(typeof ENGLISH_MAILS)[N]> }
type SameLength<T extends readonly string[]> = { readonly [P in keyof T]: string }

/** All other messages in one language: one sentence or two. */
export type NoteTexts = Readonly<Record<NoteName, string>>

/** Names in the braces of a text. */
type Named<T extends string> = T extends `${string}{${infer N}}${infer Rest}` ? N | Named<Rest> : never

/** What a message says: every name in its braces, and whose address it goes to. */
type Facts<T extends string> = Readonly<Record<Named<T> | 'to', string | number>> & { readonly to: string }
export type MailFacts<N extends MailName> = Facts<(typeof ENGLISH_MAILS)[N][number]>
export type NoteFacts<N extends NoteName> = Facts<(typeof ENGLISH_NOTES)[N]> & { readonly site: string }

const LANGUAGES: Readonly<Record<string, { readonly mails: MailTexts; readonly notes: NoteTexts }>> = {
  de: { mails: GERMAN_MAILS, notes: GERMAN_NOTES },
  en: { mails: ENGLISH_MAILS, notes: ENGLISH_NOTES },
  es: { mails: SPANISH_MAILS, notes: SPANISH_NOTES },
  fr: { mails: FRENCH_MAILS, notes: FRENCH_NOTES },
  nl: { mails: DUTCH_MAILS, notes: DUTCH_NOTES },
  sv: { mails: SWEDISH_MAILS, notes: SWEDISH_NOTES },
}
export const MESSAGE_LANGUAGES: readonly string[] = Object.keys(LANGUAGES)
const ENGLISH = { mails: ENGLISH_MAILS, notes: ENGLISH_NOTES }

/** In whose words a message is. */
export interface MessageWording {
  /** Language in lower case; of one without texts it is English. */
  readonly language: string
  /** The own text of the organization under a key. */
  readonly own: (key: string) => string | undefined
}

const builtIn = ({ language }: MessageWording) =>
  (Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined) ?? ENGLISH

/** Own texts are `mail.<name>.subject` and `mail.<name>.text`. */
export function mailOf<N extends MailName>(name: N, wording: MessageWording, facts: MailFacts<N>): Mail {
  const [title = '', ...paragraphs] = builtIn(wording).mails[name]
  const subject = wording.own(`mail.${name}.subject`) ?? title
  const text = ownText(wording, `mail.${name}.text`, paragraphs.join('\n\n'))
  return { to: facts.to, subject: onOneLine(filled(subject, facts)), text: `${filled(text, facts)}\n` }
}

/** Own texts are `message.<name>`. */
export function noteOf<N extends NoteName>(name: N, wording: MessageWording, facts: NoteFacts<N>): Mail {
  const text = ownText(wording, `message.${name}`, builtIn(wording).notes[name])
  const { language } = Object.hasOwn(LANGUAGES, wording.language) ? wording : { language: 'en' }
  return { to: facts.to, subject: facts.site, text: filled(text, facts), language }
}

/** What nobody can do without. */
const NEEDED = '{code}'

/** An own text that leaves out the code would lock its readers out: then the built-in one is used. */
function ownText({ own }: MessageWording, key: string, text: string): string {
  const other = own(key)
  return other === undefined || (text.includes(NEEDED) && !other.includes(NEEDED)) ? text : other
}

const onOneLine = (text: string): string => text.replace(/\s+/g, ' ')
