import type { MailTexts, NoteTexts } from '../texts.ts'

export const SWEDISH_MAILS: MailTexts = {
  verifyAddress: [
    '{site}: bekräfta din e-postadress',
    'Hej {username},',
    'Öppna den här sidan inom ett dygn för att bekräfta att adressen är din:',
    '{link}',
    'Eller ange koden där du blir ombedd att göra det:',
    '{code}',
    'Om du inte har begärt det här kan du bortse från meddelandet.',
  ],
  invitation: [
    '{site}: du är inbjuden',
    'Hej,',
    'Du är inbjuden till {site}. Öppna den här sidan senast {until} för att få ditt konto:',
    '{link}',
    'Eller ange koden där du blir ombedd att göra det:',
    '{code}',
    'Om du inte vill ha något konto kan du bortse från meddelandet.',
  ],
  nameTaken: [
    '{site}: du har redan ett konto',
    'Hej {username},',
    'Någon försökte registrera sig med ditt användarnamn. Du har redan ett konto: logga in eller återställ dina inloggningsuppgifter.',
    'Om det inte var du kan du bortse från meddelandet. Ditt konto är oförändrat.',
  ],
  resetCode: [
    '{site}: återställ dina inloggningsuppgifter',
    'Hej {username},',
    'Öppna den här sidan inom {minutes} minuter för att välja nya inloggningsuppgifter:',
    '{link}',
    'Eller ange koden där du blir ombedd att göra det:',
    '{code}',
    'Om du inte har begärt det här kan du bortse från meddelandet. Dina inloggningsuppgifter är oförändrade.',
  ],
  loginCode: [
    '{site}: din kod för att logga in',
    'Hej {username},',
    'Ange koden inom {minutes} minuter för att logga in:',
    '{code}',
    'Eller öppna den här sidan i webbläsaren där du håller på att logga in:',
    '{link}',
    'Om du inte håller på att logga in kan någon känna till dina inloggningsuppgifter: byt dem. Ge inte koden till någon.',
  ],
  secretChanged: [
    '{site}: dina inloggningsuppgifter har ändrats',
    'Hej {username},',
    'Dina inloggningsuppgifter har ändrats. Om det inte var du, återställ dem nu och kontakta din administratör.',
  ],
  addressChanged: [
    '{site}: din e-postadress har ändrats',
    'Hej {username},',
    'Ditt konto har nu en annan e-postadress. Om det inte var du, kontakta genast din administratör.',
  ],
  accountConnected: [
    '{site}: ett annat konto loggar in dig',
    'Hej {username},',
    'Ett konto hos en annan leverantör har kopplats till ditt och kan från och med nu logga in dig. Om det inte var du, koppla från det på din kontosida och kontakta din administratör.',
  ],
  phoneAdded: [
    '{site}: en telefon får dina koder',
    'Hej {username},',
    'En telefon har lagts till för koder till ditt konto. Om det inte var du, ta bort den på din kontosida och kontakta din administratör.',
  ],
  phoneRemoved: [
    '{site}: din telefon har tagits bort',
    'Hej {username},',
    'Telefonen för ditt konto har tagits bort. Om det inte var du, byt dina inloggningsuppgifter nu och kontakta din administratör.',
  ],
  authenticatorAdded: [
    '{site}: en autentiseringsapp bekräftar dina inloggningar',
    'Hej {username},',
    'En autentiseringsapp har lagts till för ditt konto. Om det inte var du, ta bort den på din kontosida och kontakta din administratör.',
  ],
  authenticatorRemoved: [
    '{site}: din autentiseringsapp har tagits bort',
    'Hej {username},',
    'Autentiseringsappen för ditt konto har tagits bort. Om det inte var du, byt dina inloggningsuppgifter nu och kontakta din administratör.',
  ],
  browserAdded: [
    '{site}: en webbläsare godkänner dina inloggningar',
    'Hej {username},',
    'En webbläsare har ställts in för att godkänna dina inloggningar. Om det inte var du, ta bort den på din kontosida och kontakta din administratör.',
  ],
  browserRemoved: [
    '{site}: en webbläsare godkänner inte längre dina inloggningar',
    'Hej {username},',
    'En webbläsare som godkände dina inloggningar har tagits bort. Om det inte var du, byt dina inloggningsuppgifter nu och kontakta din administratör.',
  ],
}

export const SWEDISH_NOTES: NoteTexts = {
  textLogin: '{site}: din kod för att logga in. Ge den inte till någon. {code}',
  textNumber: '{site}: din kod för att bekräfta det här numret. {code}',
  textInvitation: '{site}: din kod för att tacka ja till inbjudan. Ge den inte till någon. {code}',
  textName: '{site}: ditt användarnamn är {username}',
  letterLogin: '{site}: din kod. {code}',
  letterInvitation: '{site}: din kod. {code}',
  letterActivation: '{site}: aktivera ditt konto på {link} med koden {code}',
}
