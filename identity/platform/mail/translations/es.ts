import type { MailTexts, NoteTexts } from '../texts.ts'

export const SPANISH_MAILS: MailTexts = {
  verifyAddress: [
    '{site}: confirma tu dirección de correo',
    'Hola, {username}:',
    'Para confirmar que esta dirección es tuya, abre esta página en las próximas 24 horas:',
    '{link}',
    'O introduce este código donde se te pida:',
    '{code}',
    'Si no lo has solicitado, puedes ignorar este mensaje.',
  ],
  invitation: [
    '{site}: tienes una invitación',
    'Hola:',
    'Tienes una invitación a {site}. Para obtener tu cuenta, abre esta página antes del {until}:',
    '{link}',
    'O introduce este código donde se te pida:',
    '{code}',
    'Si no quieres una cuenta, puedes ignorar este mensaje.',
  ],
  nameTaken: [
    '{site}: ya tienes una cuenta',
    'Hola, {username}:',
    'Alguien ha intentado registrarse con tu nombre de usuario. Ya tienes una cuenta: inicia sesión o restablece tus datos de acceso.',
    'Si no has sido tú, puedes ignorar este mensaje. Tu cuenta no ha cambiado.',
  ],
  resetCode: [
    '{site}: restablece tus datos de acceso',
    'Hola, {username}:',
    'Para elegir nuevos datos de acceso, abre esta página en los próximos {minutes} minutos:',
    '{link}',
    'O introduce este código donde se te pida:',
    '{code}',
    'Si no lo has solicitado, puedes ignorar este mensaje. Tus datos de acceso no han cambiado.',
  ],
  loginCode: [
    '{site}: tu código para iniciar sesión',
    'Hola, {username}:',
    'Para iniciar sesión, introduce este código en los próximos {minutes} minutos:',
    '{code}',
    'O abre esta página en el navegador en el que estás iniciando sesión:',
    '{link}',
    'Si no estás iniciando sesión, puede que alguien conozca tus datos de acceso: cámbialos. No compartas este código con nadie.',
  ],
  secretChanged: [
    '{site}: tus datos de acceso han cambiado',
    'Hola, {username}:',
    'Tus datos de acceso han cambiado. Si no has sido tú, restablécelos ahora y avisa a tu administrador.',
  ],
  addressChanged: [
    '{site}: tu dirección de correo ha cambiado',
    'Hola, {username}:',
    'Tu cuenta tiene ahora otra dirección de correo. Si no has sido tú, avisa de inmediato a tu administrador.',
  ],
  accountConnected: [
    '{site}: otra cuenta puede iniciar tu sesión',
    'Hola, {username}:',
    'Una cuenta de otro proveedor se ha conectado con la tuya y a partir de ahora puede iniciar tu sesión. Si no has sido tú, desconéctala en la página de tu cuenta y avisa a tu administrador.',
  ],
  phoneAdded: [
    '{site}: un teléfono recibe tus códigos',
    'Hola, {username}:',
    'Se ha configurado un teléfono que recibe los códigos de tu cuenta. Si no has sido tú, elimínalo en la página de tu cuenta y avisa a tu administrador.',
  ],
  phoneRemoved: [
    '{site}: se ha eliminado tu teléfono',
    'Hola, {username}:',
    'Se ha eliminado el teléfono de tu cuenta. Si no has sido tú, cambia ahora tus datos de acceso y avisa a tu administrador.',
  ],
  authenticatorAdded: [
    '{site}: una aplicación de autenticación confirma tus inicios de sesión',
    'Hola, {username}:',
    'Se ha configurado una aplicación de autenticación para tu cuenta. Si no has sido tú, elimínala en la página de tu cuenta y avisa a tu administrador.',
  ],
  authenticatorRemoved: [
    '{site}: se ha eliminado tu aplicación de autenticación',
    'Hola, {username}:',
    'Se ha eliminado la aplicación de autenticación de tu cuenta. Si no has sido tú, cambia ahora tus datos de acceso y avisa a tu administrador.',
  ],
  browserAdded: [
    '{site}: un navegador aprueba tus inicios de sesión',
    'Hola, {username}:',
    'Se ha configurado un navegador para aprobar tus inicios de sesión. Si no has sido tú, quítalo en la página de tu cuenta y avisa a tu administrador.',
  ],
  browserRemoved: [
    '{site}: un navegador ya no aprueba tus inicios de sesión',
    'Hola, {username}:',
    'Se ha quitado un navegador que aprobaba tus inicios de sesión. Si no has sido tú, cambia ahora tus datos de acceso y avisa a tu administrador.',
  ],
}

export const SPANISH_NOTES: NoteTexts = {
  textLogin: '{site}: tu código para iniciar sesión. No se lo des a nadie. {code}',
  textNumber: '{site}: tu código para confirmar este número. {code}',
  textInvitation: '{site}: tu código para aceptar la invitación. No se lo des a nadie. {code}',
  textName: '{site}: tu nombre de usuario es {username}',
  letterLogin: '{site}: tu código. {code}',
  letterInvitation: '{site}: tu código. {code}',
  letterActivation: '{site}: activa tu cuenta en {link} con el código {code}',
}
