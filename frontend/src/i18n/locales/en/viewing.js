import licence from './licence.json'
import owner from './owner.json'
import shortcuts from './shortcuts.json'
import viewer from './viewer.json'

export default { ...licence, ...owner, ...shortcuts, ...viewer }
