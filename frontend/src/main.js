import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { configureClient } from './api/client'
import { currentLanguage, i18n } from './i18n'
import { createAppRouter } from './router'
import { createInterceptor } from './shell/interceptor'
import './styles/main.css'

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
configureClient({ language: currentLanguage, intercept: createInterceptor() })
app.use(createAppRouter())
app.mount('#app')

// For the next visit; boot.js puts it on.
const QUIET_MS = 8000
setTimeout(async () => {
  try {
    if ((await document.fonts.load('1em "Instrument Sans"')).length) localStorage.setItem('face', 'fetched')
  } catch {
    // The system's face does.
  }
}, QUIET_MS)

// A page of a build that is no longer there: the new build is one reload away, tried once.
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('reloadedAt'))
  if (Date.now() - last < 60_000) return
  event.preventDefault()
  sessionStorage.setItem('reloadedAt', String(Date.now()))
  location.reload()
})
