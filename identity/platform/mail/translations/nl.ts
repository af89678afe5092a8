import type { MailTexts, NoteTexts } from '../texts.ts'

export const DUTCH_MAILS: MailTexts = {
  verifyAddress: [
    '{site}: bevestig je e-mailadres',
    'Hallo {username},',
    'Open binnen een dag deze pagina om te bevestigen dat dit adres van jou is:',
    '{link}',
    'Of voer deze code in waar erom wordt gevraagd:',
    '{code}',
    'Heb je hier niet om gevraagd? Dan kun je dit bericht negeren.',
  ],
  invitation: [
    '{site}: je bent uitgenodigd',
    'Hallo,',
    'Je bent uitgenodigd voor {site}. Open uiterlijk {until} deze pagina om je account te krijgen:',
    '{link}',
    'Of voer deze code in waar erom wordt gevraagd:',
    '{code}',
    'Wil je geen account? Dan kun je dit bericht negeren.',
  ],
  nameTaken: [
    '{site}: je hebt al een account',
    'Hallo {username},',
    'Iemand probeerde zich met jouw gebruikersnaam te registreren. Je hebt al een account: log in of stel je inloggegevens opnieuw in.',
    'Was jij dit niet? Dan kun je dit bericht negeren. Je account is niet gewijzigd.',
  ],
  resetCode: [
    '{site}: stel je inloggegevens opnieuw in',
    'Hallo {username},',
    'Open binnen {minutes} minuten deze pagina om nieuwe inloggegevens in te stellen:',
    '{link}',
    'Of voer deze code in waar erom wordt gevraagd:',
    '{code}',
    'Heb je hier niet om gevraagd? Dan kun je dit bericht negeren. Je inloggegevens zijn niet gewijzigd.',
  ],
  loginCode: [
    '{site}: je code om in te loggen',
    'Hallo {username},',
    'Voer deze code binnen {minutes} minuten in om in te loggen:',
    '{code}',
    'Of open deze pagina in de browser waarin je aan het inloggen bent:',
    '{link}',
    'Ben je niet aan het inloggen? Dan kent iemand misschien je inloggegevens: wijzig ze. Deel deze code met niemand.',
  ],
  secretChanged: [
    '{site}: je inloggegevens zijn gewijzigd',
    'Hallo {username},',
    'Je inloggegevens zijn gewijzigd. Was jij dit niet? Stel ze dan nu opnieuw in en informeer je beheerder.',
  ],
  addressChanged: [
    '{site}: je e-mailadres is gewijzigd',
    'Hallo {username},',
    'Je account heeft nu een ander e-mailadres. Was jij dit niet? Informeer dan meteen je beheerder.',
  ],
  accountConnected: [
    '{site}: een ander account logt je in',
    'Hallo {username},',
    'Een account bij een andere aanbieder is aan dat van jou gekoppeld en kan je voortaan inloggen. Was jij dit niet? Ontkoppel het dan op je accountpagina en informeer je beheerder.',
  ],
  phoneAdded: [
    '{site}: een telefoon ontvangt je codes',
    'Hallo {username},',
    'Er is een telefoon ingesteld die codes voor je account ontvangt. Was jij dit niet? Verwijder hem dan op je accountpagina en informeer je beheerder.',
  ],
  phoneRemoved: [
    '{site}: je telefoon is verwijderd',
    'Hallo {username},',
    'De telefoon van je account is verwijderd. Was jij dit niet? Wijzig dan nu je inloggegevens en informeer je beheerder.',
  ],
  authenticatorAdded: [
    '{site}: een authenticator-app bevestigt je logins',
    'Hallo {username},',
    'Er is een authenticator-app ingesteld voor je account. Was jij dit niet? Verwijder hem dan op je accountpagina en informeer je beheerder.',
  ],
  authenticatorRemoved: [
    '{site}: je authenticator-app is verwijderd',
    'Hallo {username},',
    'De authenticator-app van je account is verwijderd. Was jij dit niet? Wijzig dan nu je inloggegevens en informeer je beheerder.',
  ],
  browserAdded: [
    '{site}: een browser keurt je logins goed',
    'Hallo {username},',
    'Er is een browser ingesteld om je logins goed te keuren. Als jij dat niet was, verwijder hem dan op je accountpagina en laat het je beheerder weten.',
  ],
  browserRemoved: [
    '{site}: een browser keurt je logins niet meer goed',
    'Hallo {username},',
    'Een browser die je logins goedkeurde is verwijderd. Als jij dat niet was, wijzig dan nu je inloggegevens en laat het je beheerder weten.',
  ],
}

export const DUTCH_NOTES: NoteTexts = {
  textLogin: '{site}: je code om in te loggen. Geef hem aan niemand. {code}',
  textNumber: '{site}: je code om dit nummer te bevestigen. {code}',
  textInvitation: '{site}: je code om de uitnodiging te accepteren. Geef hem aan niemand. {code}',
  textName: '{site}: je gebruikersnaam is {username}',
  letterLogin: '{site}: je code. {code}',
  letterInvitation: '{site}: je code. {code}',
  letterActivation: '{site}: activeer je account op {link} met de code {code}',
}
