/**
 * Every shortcut there is: what is listened to and what the sheet lists. A key may stand twice: who
 * comes first and has something to do takes it.
 *
 * @typedef {object} Shortcut
 * @property {string} does the action's name, and the key of its words
 * @property {'everywhere' | 'places' | 'image'} group
 * @property {string[]} press keys, one of them; of a `sequence` one after the other
 * @property {boolean} [sequence]
 * @property {string[]} [also] other keys for it, not worth listing
 * @property {string} [to] the name of the page that it leads to
 * @property {boolean} [forUsers] of no use to visitors
 * @property {boolean} [native] the browser's own; listed only
 */

/** @type {Shortcut[]} */
export const SHORTCUTS = [
  { does: 'help', group: 'everywhere', press: ['?'] },
  { does: 'search', group: 'everywhere', press: ['/'] },
  { does: 'close', group: 'everywhere', press: ['Escape'], native: true },
  { does: 'goFeed', group: 'places', press: ['g', 'f'], sequence: true, to: 'feed' },
  { does: 'goStyles', group: 'places', press: ['g', 's'], sequence: true, to: 'search' },
  { does: 'goMine', group: 'places', press: ['g', 'm'], sequence: true, to: 'me', forUsers: true },
  { does: 'goNotifications', group: 'places', press: ['g', 'n'], sequence: true, to: 'notifications', forUsers: true },
  { does: 'goTokens', group: 'places', press: ['g', 't'], sequence: true, to: 'tokens', forUsers: true },
  { does: 'pan', group: 'image', press: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] },
  { does: 'walk', group: 'image', press: ['ArrowLeft', 'ArrowRight'] },
  { does: 'zoomIn', group: 'image', press: ['+'], also: ['='] },
  { does: 'zoomOut', group: 'image', press: ['-'], also: ['_'] },
  { does: 'zoomReset', group: 'image', press: ['0'] },
  { does: 'like', group: 'image', press: ['l'] },
]
