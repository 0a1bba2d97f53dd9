import accounts from './accounts.json'
import common from './common.json'
import errors from './errors.json'
import shell from './shell.json'
import titles from './titles.json'

export default { ...accounts, ...common, ...errors, ...shell, ...titles }
