import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { tell } from './api/client.js'
import App from './app/App.vue'
import './assets/main.css'
import { i18n } from './i18n/index.js'
import { router } from './router/index.js'

tell({ language: () => i18n.global.locale.value })
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
