import { defineStore } from 'pinia'
import { usePagedList } from '@/composables/usePagedList'
import { listFeed } from './api'

/** The public feed; kept while other pages are open, so that coming back is coming back. */
export const useFeed = defineStore('feed', () => usePagedList((cursor) => listFeed({ cursor, limit: 30 })))
