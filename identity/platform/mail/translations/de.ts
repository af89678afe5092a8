import type { MailTexts, NoteTexts } from '../texts.ts'

export const GERMAN_MAILS: MailTexts = {
  verifyAddress: [
    '{site}: Bestätigen Sie Ihre E-Mail-Adresse',
    'Hallo {username},',
    'um zu bestätigen, dass diese Adresse Ihnen gehört, öffnen Sie innerhalb eines Tages diese Seite:',
    '{link}',
    'Oder geben Sie diesen Code ein, wo Sie danach gefragt werden:',
    '{code}',
    'Wenn Sie das nicht angefordert haben, können Sie diese Nachricht ignorieren.',
  ],
  invitation: [
    '{site}: Sie sind eingeladen',
    'Guten Tag,',
    'Sie sind zu {site} eingeladen. Um Ihr Konto zu erhalten, öffnen Sie bis {until} diese Seite:',
    '{link}',
    'Oder geben Sie diesen Code ein, wo Sie danach gefragt werden:',
    '{code}',
    'Wenn Sie kein Konto möchten, können Sie diese Nachricht ignorieren.',
  ],
  nameTaken: [
    '{site}: Sie haben bereits ein Konto',
    'Hallo {username},',
    'jemand wollte sich mit Ihrem Benutzernamen registrieren. Sie haben bereits ein Konto: Melden Sie sich an, oder setzen Sie Ihre Anmeldedaten zurück.',
    'Wenn Sie das nicht waren, können Sie diese Nachricht ignorieren. Ihr Konto ist unverändert.',
  ],
  resetCode: [
    '{site}: Setzen Sie Ihre Anmeldedaten zurück',
    'Hallo {username},',
    'um neue Anmeldedaten festzulegen, öffnen Sie innerhalb von {minutes} Minuten diese Seite:',
    '{link}',
    'Oder geben Sie diesen Code ein, wo Sie danach gefragt werden:',
    '{code}',
    'Wenn Sie das nicht angefordert haben, können Sie diese Nachricht ignorieren. Ihre Anmeldedaten sind unverändert.',
  ],
  loginCode: [
    '{site}: Ihr Code zum Anmelden',
    'Hallo {username},',
    'um sich anzumelden, geben Sie diesen Code innerhalb von {minutes} Minuten ein:',
    '{code}',
    'Oder öffnen Sie diese Seite in dem Browser, in dem Sie sich gerade anmelden:',
    '{link}',
    'Wenn Sie sich gerade nicht anmelden, kennt vielleicht jemand Ihre Anmeldedaten: Ändern Sie sie. Geben Sie diesen Code niemandem.',
  ],
  secretChanged: [
    '{site}: Ihre Anmeldedaten wurden geändert',
    'Hallo {username},',
    'Ihre Anmeldedaten wurden geändert. Wenn Sie das nicht waren, setzen Sie sie jetzt zurück und informieren Sie Ihren Administrator.',
  ],
  addressChanged: [
    '{site}: Ihre E-Mail-Adresse wurde geändert',
    'Hallo {username},',
    'Ihr Konto hat jetzt eine andere E-Mail-Adresse. Wenn Sie das nicht waren, informieren Sie sofort Ihren Administrator.',
  ],
  accountConnected: [
    '{site}: Ein weiteres Konto meldet Sie an',
    'Hallo {username},',
    'ein Konto bei einem anderen Anbieter wurde mit Ihrem verbunden und kann Sie jetzt anmelden. Wenn Sie das nicht waren, trennen Sie es auf Ihrer Kontoseite und informieren Sie Ihren Administrator.',
  ],
  phoneAdded: [
    '{site}: Ein Telefon erhält Ihre Codes',
    'Hallo {username},',
    'für Ihr Konto wurde ein Telefon eingerichtet, das Codes erhält. Wenn Sie das nicht waren, entfernen Sie es auf Ihrer Kontoseite und informieren Sie Ihren Administrator.',
  ],
  phoneRemoved: [
    '{site}: Ihr Telefon wurde entfernt',
    'Hallo {username},',
    'das Telefon Ihres Kontos wurde entfernt. Wenn Sie das nicht waren, ändern Sie jetzt Ihre Anmeldedaten und informieren Sie Ihren Administrator.',
  ],
  authenticatorAdded: [
    '{site}: Eine Authenticator-App bestätigt Ihre Anmeldungen',
    'Hallo {username},',
    'für Ihr Konto wurde eine Authenticator-App eingerichtet. Wenn Sie das nicht waren, entfernen Sie sie auf Ihrer Kontoseite und informieren Sie Ihren Administrator.',
  ],
  authenticatorRemoved: [
    '{site}: Ihre Authenticator-App wurde entfernt',
    'Hallo {username},',
    'die Authenticator-App Ihres Kontos wurde entfernt. Wenn Sie das nicht waren, ändern Sie jetzt Ihre Anmeldedaten und informieren Sie Ihren Administrator.',
  ],
  browserAdded: [
    '{site}: ein Browser bestätigt Ihre Anmeldungen',
    'Hallo {username},',
    'Ein Browser wurde eingerichtet, um Ihre Anmeldungen zu bestätigen. Wenn Sie das nicht waren, entfernen Sie ihn auf Ihrer Kontoseite und informieren Sie Ihren Administrator.',
  ],
  browserRemoved: [
    '{site}: ein Browser bestätigt Ihre Anmeldungen nicht mehr',
    'Hallo {username},',
    'Ein Browser, der Ihre Anmeldungen bestätigt hat, wurde entfernt. Wenn Sie das nicht waren, ändern Sie jetzt Ihre Anmeldedaten und informieren Sie Ihren Administrator.',
  ],
}

export const GERMAN_NOTES: NoteTexts = {
  textLogin: '{site}: Ihr Code zum Anmelden. Geben Sie ihn niemandem. {code}',
  textNumber: '{site}: Ihr Code, um diese Nummer zu bestätigen. {code}',
  textInvitation: '{site}: Ihr Code, um die Einladung anzunehmen. Geben Sie ihn niemandem. {code}',
  textName: '{site}: Ihr Benutzername ist {username}',
  letterLogin: '{site}: Ihr Code. {code}',
  letterInvitation: '{site}: Ihr Code. {code}',
  letterActivation: '{site}: Aktivieren Sie Ihr Konto unter {link} mit dem Code {code}',
}
