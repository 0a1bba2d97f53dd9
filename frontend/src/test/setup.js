import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/vue'
import { afterEach, vi } from 'vitest'

// Shared machines are slow at times.
configure({ asyncUtilTimeout: 5000 })

afterEach(() => {
  cleanup()
  document.cookie = 'csrftoken=; max-age=0; path=/'
  localStorage.clear()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

// What jsdom has no notion of: dialogs that open, boxes that have a size.
HTMLDialogElement.prototype.showModal ??= function showModal() {
  this.open = true
}
HTMLDialogElement.prototype.close ??= function close() {
  this.open = false
}
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.IntersectionObserver ??= /** @type {any} */ (class {
  observe() {}
  unobserve() {}
  disconnect() {}
})
globalThis.matchMedia ??= () => /** @type {any} */ ({ matches: false, addEventListener() {}, removeEventListener() {} })
