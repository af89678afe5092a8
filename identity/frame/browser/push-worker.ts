// The service worker of a browser that approves logins: it shows what is sent to it, and leads there.

/** As much of a service worker as is used here; the types of pages do not have it. */
interface Worker {
  addEventListener(type: 'push', listener: (event: PushEvent) => void): void
  addEventListener(type: 'notificationclick', listener: (event: ClickEvent) => void): void
  readonly location: { readonly origin: string }
  readonly registration: { showNotification(title: string, options: object): Promise<void> }
  readonly clients: { openWindow(url: string): Promise<unknown> }
}
interface PushEvent {
  readonly data: { json(): Notice } | null
  waitUntil(work: Promise<unknown>): void
}
interface ClickEvent {
  readonly notification: { readonly data: Notice; close(): void }
  waitUntil(work: Promise<unknown>): void
}

/** What `factors/push` sends. */
interface Notice {
  readonly title: string
  readonly body: string
  readonly url: string
}

const worker = globalThis as unknown as Worker

worker.addEventListener('push', (event) => {
  const notice = event.data?.json()
  if (notice === undefined) return
  const options = { body: notice.body, data: notice, tag: 'login', requireInteraction: true }
  event.waitUntil(worker.registration.showNotification(notice.title, options))
})

worker.addEventListener('notificationclick', (event) => {
  const { notification } = event
  notification.close()
  const url = new URL(notification.data.url, worker.location.origin)
  if (url.origin === worker.location.origin) event.waitUntil(worker.clients.openWindow(url.href))
})
