import 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** A key of the catalogue. */
    title?: string
    /** Who may see the page. */
    needs?: 'user' | 'artist' | 'operator'
    /** Needs the words for people who sign in, though visitors may see it. */
    inside?: boolean
  }
}
