import { call } from './call.ts'
import { busy, configOf, isBusy, type PageTexts, problemText, showProblem } from './messages.ts'

/** What `account-push.ts` writes. */
interface Config {
  readonly csrf: string
  /** Address of the service worker, and the pages that it is for. */
  readonly worker: string
  readonly scope: string
  /** Public key of the service (RFC 8292). */
  readonly key: string
  readonly add: string
  readonly done: string
  readonly lang: string
  readonly texts: PageTexts
}

/** Registers this browser for messages, after its owner has allowed them. Throws where it cannot or may not. */
async function register({ worker, scope, key, add, csrf, done }: Config): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new Error('not allowed')
  await navigator.serviceWorker.register(worker, { scope })
  const { pushManager } = await navigator.serviceWorker.ready
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  const { endpoint, keys } = subscription.toJSON()
  await call(add, { endpoint, p256dh: keys?.p256dh, auth: keys?.auth }, csrf)
  location.assign(done)
}

const button = document.getElementById('push')
if (button instanceof HTMLButtonElement && 'serviceWorker' in navigator && 'PushManager' in window) {
  const config = configOf<Config>(button)
  button.hidden = false
  button.addEventListener('click', async () => {
    if (isBusy(button)) return
    await busy(button, button.textContent, () => register(config)).catch((error: unknown) =>
      showProblem(problemText(error, config.texts, config.lang, 'error.push')),
    )
  })
}
