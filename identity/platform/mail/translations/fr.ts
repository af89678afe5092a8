import type { MailTexts, NoteTexts } from '../texts.ts'

export const FRENCH_MAILS: MailTexts = {
  verifyAddress: [
    '{site} : confirmez votre adresse e-mail',
    'Bonjour {username},',
    'Pour confirmer que cette adresse est la vôtre, ouvrez cette page dans les 24 heures :',
    '{link}',
    'Ou saisissez ce code là où il vous est demandé :',
    '{code}',
    'Si vous n’avez rien demandé, ignorez ce message.',
  ],
  invitation: [
    '{site} : vous êtes invité',
    'Bonjour,',
    'Vous êtes invité à rejoindre {site}. Pour obtenir votre compte, ouvrez cette page avant le {until} :',
    '{link}',
    'Ou saisissez ce code là où il vous est demandé :',
    '{code}',
    'Si vous ne souhaitez pas de compte, ignorez ce message.',
  ],
  nameTaken: [
    '{site} : vous avez déjà un compte',
    'Bonjour {username},',
    'Quelqu’un a essayé de s’inscrire avec votre nom d’utilisateur. Vous avez déjà un compte : connectez-vous ou réinitialisez vos identifiants.',
    'Si ce n’était pas vous, ignorez ce message. Votre compte est inchangé.',
  ],
  resetCode: [
    '{site} : réinitialisez vos identifiants',
    'Bonjour {username},',
    'Pour choisir de nouveaux identifiants, ouvrez cette page dans les {minutes} minutes :',
    '{link}',
    'Ou saisissez ce code là où il vous est demandé :',
    '{code}',
    'Si vous n’avez rien demandé, ignorez ce message. Vos identifiants sont inchangés.',
  ],
  loginCode: [
    '{site} : votre code de connexion',
    'Bonjour {username},',
    'Pour vous connecter, saisissez ce code dans les {minutes} minutes :',
    '{code}',
    'Ou ouvrez cette page dans le navigateur où vous êtes en train de vous connecter :',
    '{link}',
    'Si vous n’êtes pas en train de vous connecter, quelqu’un connaît peut-être vos identifiants : changez-les. Ne donnez ce code à personne.',
  ],
  secretChanged: [
    '{site} : vos identifiants ont été modifiés',
    'Bonjour {username},',
    'Vos identifiants ont été modifiés. Si ce n’était pas vous, réinitialisez-les maintenant et prévenez votre administrateur.',
  ],
  addressChanged: [
    '{site} : votre adresse e-mail a été modifiée',
    'Bonjour {username},',
    'Votre compte a maintenant une autre adresse e-mail. Si ce n’était pas vous, prévenez immédiatement votre administrateur.',
  ],
  accountConnected: [
    '{site} : un autre compte permet de vous connecter',
    'Bonjour {username},',
    'Un compte chez un autre fournisseur a été associé au vôtre et permet désormais de vous connecter. Si ce n’était pas vous, dissociez-le sur la page de votre compte et prévenez votre administrateur.',
  ],
  phoneAdded: [
    '{site} : un téléphone reçoit vos codes',
    'Bonjour {username},',
    'Un téléphone a été configuré pour recevoir les codes de votre compte. Si ce n’était pas vous, supprimez-le sur la page de votre compte et prévenez votre administrateur.',
  ],
  phoneRemoved: [
    '{site} : votre téléphone a été supprimé',
    'Bonjour {username},',
    'Le téléphone de votre compte a été supprimé. Si ce n’était pas vous, changez vos identifiants maintenant et prévenez votre administrateur.',
  ],
  authenticatorAdded: [
    '{site} : une application d’authentification confirme vos connexions',
    'Bonjour {username},',
    'Une application d’authentification a été configurée pour votre compte. Si ce n’était pas vous, supprimez-la sur la page de votre compte et prévenez votre administrateur.',
  ],
  authenticatorRemoved: [
    '{site} : votre application d’authentification a été supprimée',
    'Bonjour {username},',
    'L’application d’authentification de votre compte a été supprimée. Si ce n’était pas vous, changez vos identifiants maintenant et prévenez votre administrateur.',
  ],
  browserAdded: [
    '{site} : un navigateur approuve vos connexions',
    'Bonjour {username},',
    'Un navigateur a été configuré pour approuver vos connexions. Si ce n’était pas vous, supprimez-le sur la page de votre compte et prévenez votre administrateur.',
  ],
  browserRemoved: [
    '{site} : un navigateur n’approuve plus vos connexions',
    'Bonjour {username},',
    'Un navigateur qui approuvait vos connexions a été supprimé. Si ce n’était pas vous, changez maintenant vos identifiants et prévenez votre administrateur.',
  ],
}

export const FRENCH_NOTES: NoteTexts = {
  textLogin: '{site} : votre code de connexion. Ne le donnez à personne. {code}',
  textNumber: '{site} : votre code pour confirmer ce numéro. {code}',
  textInvitation: '{site} : votre code pour accepter l’invitation. Ne le donnez à personne. {code}',
  textName: '{site} : votre nom d’utilisateur est {username}',
  letterLogin: '{site} : votre code. {code}',
  letterInvitation: '{site} : votre code. {code}',
  letterActivation: '{site} : activez votre compte sur {link} avec le code {code}',
}
