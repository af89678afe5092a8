import { filled } from '../filled.ts'
import type { Mail } from './outbox.ts'
import { GERMAN_MAILS } from './translations/de.ts'
import { ENGLISH_MAILS } from './translations/en.ts'
import { SPANISH_MAILS } from './translations/es.ts'
import { FRENCH_MAILS } from './translations/fr.ts'
import { DUTCH_MAILS } from './translations/nl.ts'
import { SWEDISH_MAILS } from './translations/sv.ts'

export type MailName = keyof typeof ENGLISH_MAILS

/** All messages in one language: subject, then as many paragraphs as the English one has. */
export type MailTexts = { readonly [N in MailName]: SameLength<(typeof ENGLISH_MAILS)[N]> }
type SameLength<T extends readonly string[]> = { readonly [P in keyof T]: string }

/** Names in the braces of a text. */
type Named<T extends string> = T extends `${string}{${infer N}}${infer Rest}` ? N | Named<Rest> : never

/** What a message says: every name in its braces, and whose address it goes to. */
type MailFacts<N extends MailName> = Readonly<Record<Named<(typeof ENGLISH_MAILS)[N][number]>, string | number>> & {
  readonly to: string
}

const LANGUAGES: Readonly<Record<string, MailTexts>> = {
  de: GERMAN_MAILS,
  en: ENGLISH_MAILS,
  es: SPANISH_MAILS,
  fr: FRENCH_MAILS,
  nl: DUTCH_MAILS,
  sv: SWEDISH_MAILS,
}

/** `locale`: of the person, as BCP 47 or POSIX write it; of one without texts, and without one, it is English. */
export function mailOf<N extends MailName>(name: N, locale: string | null, facts: MailFacts<N>): Mail {
  const language = locale?.split(/[-_]/)[0]?.toLowerCase() ?? ''
  const texts = Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : ENGLISH_MAILS
  const [subject = '', ...paragraphs] = (texts ?? ENGLISH_MAILS)[name].map((text) => filled(text, facts))
  return { to: facts.to, subject, text: `${paragraphs.join('\n\n')}\n` }
}
