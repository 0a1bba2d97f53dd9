import '@testing-library/jest-dom/vitest'
import { cleanup } from '@testing-library/vue'
import { afterEach } from 'vitest'

afterEach(() => {
  cleanup()
  document.cookie = 'csrftoken=; max-age=0; path=/'
  localStorage.clear()
})
