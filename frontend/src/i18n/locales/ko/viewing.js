import licence from './licence.json'
import shortcuts from './shortcuts.json'
import viewer from './viewer.json'

export default { ...licence, ...shortcuts, ...viewer }
