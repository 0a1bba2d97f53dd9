import accounts from './accounts.json'
import choosing from './choosing.json'
import crop from './crop.json'
import leaving from './leaving.json'
import ledger from './ledger.json'
import notifications from './notifications.json'
import operations from './operations.json'
import purchases from './purchases.json'
import studio from './studio.json'
import uploads from './uploads.json'

export default { ...accounts, ...choosing, ...crop, ...leaving, ...ledger, ...notifications, ...operations, ...purchases, ...studio, ...uploads }
