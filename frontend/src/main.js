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

// A page of a build that is no longer there: the new build is one reload away, tried once.
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('reloadedAt'))
  if (Date.now() - last < 60_000) return
  event.preventDefault()
  sessionStorage.setItem('reloadedAt', String(Date.now()))
  location.reload()
})
