import { loadImagePage } from '@/features/generations/viewer/load'

/** @type {import('vue-router').RouteRecordRaw[]} */
export const pages = [
  { path: '', name: 'feed', component: () => import('@/features/generations/FeedPage.vue'), meta: { wide: true } },
  {
    path: 'images/:id',
    name: 'image',
    component: () => loadImagePage(),
    meta: { title: 'titles.image' },
  },
  {
    path: 'search',
    name: 'search',
    component: () => import('@/features/search/SearchPage.vue'),
    meta: { title: 'titles.search' },
  },
  {
    path: 'styles/:id',
    name: 'style',
    component: () => import('@/features/styles/StylePage.vue'),
    meta: { title: 'titles.style' },
  },
  {
    path: 'people/:id',
    name: 'person',
    component: () => import('@/features/community/PersonPage.vue'),
    meta: { title: 'titles.person' },
  },
  {
    path: 'me',
    name: 'me',
    component: () => import('@/features/generations/MyImagesPage.vue'),
    meta: { needs: 'user', title: 'titles.me' },
  },
  {
    path: 'following',
    name: 'following',
    component: () => import('@/features/community/FollowingPage.vue'),
    meta: { needs: 'user', title: 'titles.following' },
  },
  {
    path: 'studio',
    name: 'studio',
    component: () => import('@/features/styles/StudioPage.vue'),
    meta: { needs: 'artist', title: 'titles.studio' },
  },
  {
    path: 'studio/new',
    name: 'style-new',
    component: () => import('@/features/styles/StyleWizardPage.vue'),
    meta: { needs: 'artist', title: 'titles.styleNew' },
  },
  {
    path: 'studio/:id/edit',
    name: 'style-edit',
    component: () => import('@/features/styles/StyleEditPage.vue'),
    meta: { needs: 'artist', title: 'titles.styleEdit' },
  },
  {
    path: 'studio/:id/training',
    name: 'training',
    component: () => import('@/features/styles/TrainingPage.vue'),
    meta: { needs: 'artist', title: 'titles.training' },
  },
  {
    path: 'earnings',
    name: 'earnings',
    component: () => import('@/features/ledger/EarningsPage.vue'),
    meta: { needs: 'artist', title: 'titles.earnings' },
  },
  {
    path: 'tokens',
    name: 'tokens',
    component: () => import('@/features/purchases/TokensPage.vue'),
    meta: { needs: 'user', title: 'titles.tokens' },
  },
  {
    path: 'purchase/:end(success|fail)',
    name: 'purchase',
    component: () => import('@/features/purchases/PurchasePage.vue'),
    meta: { needs: 'user', title: 'titles.purchase' },
  },
  {
    path: 'notifications',
    name: 'notifications',
    component: () => import('@/features/notifications/NotificationsPage.vue'),
    meta: { needs: 'user', title: 'titles.notifications' },
  },
  {
    path: 'become-artist',
    name: 'become-artist',
    component: () => import('@/features/accounts/BecomeArtistPage.vue'),
    meta: { needs: 'user', title: 'titles.becomeArtist' },
  },
  {
    path: 'settings',
    name: 'settings',
    component: () => import('@/features/accounts/SettingsPage.vue'),
    meta: { needs: 'user', title: 'titles.settings' },
  },
  {
    path: 'settings/leave',
    name: 'leave',
    component: () => import('@/features/leaving/LeavingPage.vue'),
    meta: { needs: 'user', title: 'titles.leave' },
  },
  {
    path: 'operator/tags',
    name: 'operator-tags',
    component: () => import('@/features/operations/TagsPage.vue'),
    meta: { needs: 'operator', title: 'titles.operatorTags' },
  },
  {
    path: 'operator/jobs',
    name: 'operator-jobs',
    component: () => import('@/features/operations/JobsPage.vue'),
    meta: { needs: 'operator', title: 'titles.operatorJobs' },
  },
  {
    path: 'operator/ledger',
    name: 'operator-ledger',
    component: () => import('@/features/operations/LedgerPage.vue'),
    meta: { needs: 'operator', title: 'titles.operatorLedger' },
  },
  {
    path: 'login',
    name: 'login',
    component: () => import('@/features/accounts/LoginPage.vue'),
    meta: { title: 'titles.login', inside: true },
  },
  {
    path: 'forbidden',
    name: 'forbidden',
    component: () => import('@/shell/ForbiddenPage.vue'),
    meta: { title: 'titles.forbidden' },
  },
  {
    path: ':path(.*)*',
    name: 'missing',
    component: () => import('@/shell/MissingPage.vue'),
    meta: { title: 'titles.missing' },
  },
]
